//! What is asked for on the command line: `--waves 10,100,*` and `--max-failures 3` or `5%`.

use std::fmt;
use std::str::FromStr;

use crate::language::tr;

/// A number of things, or a part of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Count(usize),
    Percent(u8),
}

impl Share {
    /// A number or a percentage, without sign, exponent and blanks.
    fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix('%').unwrap_or(text);
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if number.len() == text.len() {
            return number.parse().ok().map(Self::Count);
        }
        number.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// How many entities each wave has. The last size holds for all waves that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    sizes: Vec<Share>,
    /// Whether one more wave takes the rest.
    has_rest: bool,
}

impl Sizes {
    /// How many entities the wave of this number, from 1, has of `total`; at least one.
    pub(crate) fn of(&self, number: usize, total: usize) -> usize {
        let index = number.saturating_sub(1);
        if self.has_rest && index >= self.sizes.len() {
            return usize::MAX;
        }
        match self.sizes.get(index).or(self.sizes.last()) {
            Some(Share::Count(count)) => *count,
            Some(Share::Percent(percent)) => {
                total.saturating_mul(usize::from(*percent)).div_ceil(100).max(1)
            }
            None => usize::MAX,
        }
    }
}

impl FromStr for Sizes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words: Vec<&str> = text.split(',').map(str::trim).collect();
        let has_rest = words.last() == Some(&"*");
        if has_rest {
            words.pop();
        }
        let size = |word: &&str| {
            let share = Share::parse(word);
            share.filter(|share| !matches!(share, Share::Count(0) | Share::Percent(0))).ok_or_else(|| {
                tr!(
                    "found `{word}`, expected numbers of entities or percentages with commas between them, and `*` at the end for the rest, for example `10,100,*`",
                    word
                )
            })
        };
        Ok(Self { sizes: words.iter().map(size).collect::<Result<_, _>>()?, has_rest })
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.has_rest.then(|| "*".to_owned());
        let words: Vec<String> = self.sizes.iter().map(Share::to_string).chain(rest).collect();
        f.write_str(&words.join(","))
    }
}

/// How many resources may fail before nothing more begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MaxFailures(Share);

impl MaxFailures {
    /// Whether more failed than may: `in_all` since the run began, `here` of the `resources` of the wave.
    pub(crate) fn is_exceeded(self, in_all: usize, here: usize, resources: usize) -> bool {
        match self.0 {
            Share::Count(count) => in_all > count,
            Share::Percent(percent) => {
                here.saturating_mul(100) > resources.saturating_mul(usize::from(percent))
            }
        }
    }

    /// Whether it is about the part of a wave, not about a number in all.
    pub(crate) fn is_part(self) -> bool {
        matches!(self.0, Share::Percent(_))
    }
}

impl FromStr for MaxFailures {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Share::parse(text).map(Self).ok_or_else(|| {
            tr!(
                "found `{text}`, expected a number of resources or a percentage, for example `3` or `5%`",
                text
            )
        })
    }
}

impl fmt::Display for MaxFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(text: &str, total: usize) -> [usize; 4] {
        let sizes: Sizes = text.parse().unwrap();
        [1, 2, 3, 4].map(|number| sizes.of(number, total))
    }

    #[test]
    fn the_last_size_holds_for_all_that_follow() {
        assert_eq!(sizes("10,100,*", 800), [10, 100, usize::MAX, usize::MAX]);
        assert_eq!(sizes("10, 25%", 801), [10, 201, 201, 201]);
        assert_eq!(sizes("1%", 7), [1; 4]);
        assert_eq!(sizes("*", 7), [usize::MAX; 4]);
    }

    #[test]
    fn a_size_is_written_as_it_is_read_and_nonsense_is_refused() {
        for text in ["10,100,*", "5%", "*"] {
            assert_eq!(text.parse::<Sizes>().unwrap().to_string(), text);
        }
        for text in ["", "0", "0%", "101%", "-1", "+1", "1e3", "10,*,100", "10,,*", "ten"] {
            let told = text.parse::<Sizes>().unwrap_err();
            assert!(told.contains("10,100,*"), "{told}");
        }
    }

    #[test]
    fn as_many_failures_as_were_allowed_are_not_too_many() {
        let count: MaxFailures = "2".parse().unwrap();
        assert!(!count.is_exceeded(2, 2, 3) && count.is_exceeded(3, 0, 1000));
        let part: MaxFailures = "10%".parse().unwrap();
        assert!(!part.is_exceeded(50, 10, 100) && part.is_exceeded(11, 11, 100));
        assert_eq!((count.to_string(), part.to_string()), ("2".to_owned(), "10%".to_owned()));
        assert!("many".parse::<MaxFailures>().unwrap_err().contains("`5%`"));
    }
}
