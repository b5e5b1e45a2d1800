//! A length of time as people say it: its two largest parts.

use std::time::Duration;

use crate::language::tr;

/// `40 ms`, `12 s`, `2 min 40 s`, `1 d 3 h`.
pub(crate) fn span(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        return format!("{} ms", time.as_millis());
    }
    // Seconds are of no interest beside hours, and neither are minutes beside days.
    let seconds = time.as_secs();
    let parts = [
        (seconds / 86_400, tr!("days" => "d")),
        (seconds / 3600 % 24, "h".to_owned()),
        (seconds / 60 % 60, "min".to_owned()),
        (seconds % 60, "s".to_owned()),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let shown = parts[first..].iter().take(2).filter(|(count, _)| *count > 0);
    shown.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_largest_parts_are_told() {
        let told = [0, 1, 59, 60, 160, 7200, 7260, 97_200, 90_061]
            .map(|seconds| span(Duration::from_secs(seconds)));
        assert_eq!(
            told,
            [
                "0 ms",
                "1 s",
                "59 s",
                "1 min",
                "2 min 40 s",
                "2 h",
                "2 h 1 min",
                "1 d 3 h",
                "1 d 1 h"
            ]
        );
        assert_eq!(span(Duration::from_millis(40)), "40 ms");
    }
}
