//! Which simple commands a script of a shell has, as far as our own examples need it.

/// The words of each command, without redirections, comments and what a command reads from the script itself.
pub(super) fn commands(script: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::default();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        // A line that ends with a stroke goes on below.
        let whole = line.strip_suffix('\\');
        reader.line(whole.unwrap_or(line));
        if whole.is_none() {
            reader.end();
        }
        if let Some(end) = reader.here.take() {
            lines.by_ref().find(|line| *line == end);
        }
    }
    reader.end();
    reader.commands
}

#[derive(Default)]
struct Reader {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    /// The word after an arrow is a file.
    is_redirected: bool,
    /// The word after `<<` ends what is read from the script.
    is_here: bool,
    here: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let mut word: Option<String> = None;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\'' | '"' => {
                    let quoted: String = chars.by_ref().take_while(|next| *next != c).collect();
                    word.get_or_insert_default().push_str(&quoted);
                }
                '#' if word.is_none() => break,
                ' ' | '\t' => self.word(word.take()),
                '&' | '|' | ';' | '(' | ')' => {
                    self.word(word.take());
                    self.end();
                }
                '<' | '>' => {
                    // The number of a stream belongs to its arrow.
                    self.word(word.take().filter(|word| word.parse::<u8>().is_err()));
                    self.is_here = self.is_redirected && c == '<';
                    self.is_redirected = true;
                    chars.next_if_eq(&'&');
                }
                c => word.get_or_insert_default().push(c),
            }
        }
        self.word(word);
    }

    fn word(&mut self, word: Option<String>) {
        let Some(word) = word else { return };
        if std::mem::take(&mut self.is_here) {
            self.here = Some(word);
        } else if !self.is_redirected {
            self.words.push(word);
        }
        self.is_redirected = false;
    }

    fn end(&mut self) {
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() {
            self.commands.push(words);
        }
    }
}

#[test]
fn a_script_falls_into_commands() {
    let script = "\
# nothing
a 'b c' \"d\"e > f 2>&1 | g || h x=1 # no
cat >> i <<'END'
raccord none
END
j \\
  k && (l); m=$(n o)
p 2> q r
";
    let found = commands(script);
    let expected: &[&[&str]] = &[
        &["a", "b c", "de"],
        &["g"],
        &["h", "x=1"],
        &["cat"],
        &["j", "k"],
        &["l"],
        &["m=$"],
        &["n", "o"],
        &["p", "r"],
    ];
    assert_eq!(found, expected);
}
