//! Where each line begins: two spaces for each block collection around it, and one blank after a dash.
//!
//! What follows a line in the same value (text over several lines, brackets over several lines) moves with it.

use crate::config::format::edit::Begin;
use crate::config::format::edit::Edits;
use crate::config::format::edit::Replacement;
use crate::config::yaml::token::Style;
use crate::config::yaml::token::Token;
use crate::config::yaml::token::TokenKind;

/// How far a collection is indented in its parent.
const STEP: usize = 2;

/// A block collection that is open.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// The column of its entries as written.
    old: usize,
    /// The column of its entries to come.
    new: usize,
}

/// Comments on lines of their own, which wait for the line that follows them.
#[derive(Debug, Default)]
struct Waiting {
    /// Their lines and columns.
    comments: Vec<(u32, usize)>,
    /// Columns, as written and to come, of the collections around the line before them, outermost first.
    around: Vec<(usize, usize)>,
}

struct Layout<'a> {
    edits: &'a mut Edits,
    levels: Vec<Level>,
    /// How many brackets are open.
    brackets: usize,
    /// How far the line with the first of them moves.
    bracket_shift: isize,
    waiting: Waiting,
    /// The last line on which something stands so far.
    last_line: u32,
    /// How far the rest of the current line moves.
    shift: isize,
}

/// Decides where each line begins.
pub(crate) fn lay_out(tokens: &[Token], edits: &mut Edits) {
    let mut layout = Layout {
        edits,
        levels: Vec::new(),
        brackets: 0,
        bracket_shift: 0,
        waiting: Waiting::default(),
        last_line: 0,
        shift: 0,
    };
    for (index, token) in tokens.iter().enumerate() {
        layout.token(token, tokens.get(index + 1));
    }
    layout.settle(None);
}

impl Layout<'_> {
    fn token(&mut self, token: &Token, next: Option<&Token>) {
        let block = self.brackets == 0;
        match token.kind {
            TokenKind::MappingStart | TokenKind::SequenceStart => {
                let new = self.inner();
                self.levels.push(Level { old: column(token), new });
                return;
            }
            TokenKind::BlockEnd => {
                self.levels.pop();
                return;
            }
            _ => {}
        }
        let first = token.span.line > self.last_line;
        if first {
            self.line(token);
        }
        match token.kind {
            TokenKind::FlowStart => {
                if self.brackets == 0 {
                    self.bracket_shift = self.shift;
                }
                self.brackets += 1;
            }
            TokenKind::FlowEnd => self.brackets = self.brackets.saturating_sub(1),
            TokenKind::Entry => self.gap(token, next),
            TokenKind::Key if block && token.span.column != token.span.end_column => {
                self.gap(token, next);
            }
            TokenKind::Value if block && first => self.gap(token, next),
            TokenKind::Scalar { ref text, style } => self.scalar(token, text, style),
            _ => {}
        }
        self.last_line = self.last_line.max(token.last_line());
    }

    /// The column of what is one level further in.
    fn inner(&self) -> usize {
        self.levels.last().map_or(0, |level| level.new + STEP)
    }

    /// Lets the line of its first token begin where it should.
    fn line(&mut self, token: &Token) {
        let (line, old) = (token.span.line, column(token));
        if self.brackets > 0 {
            let least = self.levels.last().map_or(0, |level| level.new + 1);
            let new = old.saturating_add_signed(self.bracket_shift).max(least);
            self.shift = distance(old, new);
            self.edits.begin(line, Begin::Moved(self.bracket_shift, least));
            return;
        }
        let new = match token.kind {
            TokenKind::Comment => {
                if self.waiting.comments.is_empty() {
                    self.waiting.around =
                        self.levels.iter().map(|level| (level.old, level.new)).collect();
                }
                self.waiting.comments.push((line, old));
                return;
            }
            TokenKind::Document => 0,
            TokenKind::Key | TokenKind::Entry | TokenKind::Value => {
                self.levels.last().map_or(0, |level| level.new)
            }
            _ => self.inner(),
        };
        self.settle(Some((old, new)));
        self.shift = distance(old, new);
        self.edits.begin(line, Begin::At(new));
    }

    /// Puts the waiting comments where the line below them begins, or the collection that they were aligned with.
    fn settle(&mut self, below: Option<(usize, usize)>) {
        for (line, old) in std::mem::take(&mut self.waiting.comments) {
            let candidates = || below.iter().chain(&self.waiting.around);
            let aligned = candidates().find(|(column, _)| *column == old);
            let nearest = || {
                candidates().filter(|(column, _)| *column < old).max_by_key(|(column, _)| *column)
            };
            let new = aligned.or_else(nearest).map_or(0, |(_, new)| *new);
            self.edits.begin(line, Begin::At(new));
        }
    }

    /// One blank between a dash and what follows it on the same line.
    fn gap(&mut self, token: &Token, next: Option<&Token>) {
        let Some(next) = next.filter(|next| {
            next.span.line == token.span.line
                && !matches!(next.kind, TokenKind::Comment | TokenKind::BlockEnd)
        }) else {
            return;
        };
        let (from, to) = (column(token) + 1, column(next));
        if to > from {
            self.edits.replace(token.span.line, Replacement { from, to, with: " ".to_owned() });
            self.shift += distance(to, from + 1);
        }
    }

    /// Moves the further lines of a scalar, and says what about it must stay.
    fn scalar(&mut self, token: &Token, text: &str, style: Style) {
        let (first, last) = (token.span.line, token.last_line());
        let level = self.levels.last();
        if style == Style::Block {
            let by = level.map_or(0, |level| distance(level.old, level.new));
            // One with text begins with the text, one without at its sign, on a line that begins with something else.
            let text_line = if text.trim_matches('\n').is_empty() { first + 1 } else { first };
            for line in text_line..=last {
                self.edits.begin(line, Begin::Moved(by, 0));
            }
            self.edits.hold(first, last);
        } else if last > first {
            let least = level.map_or(0, |level| level.new + 1);
            for line in first + 1..=last {
                self.edits.begin(line, Begin::Moved(self.shift, least));
            }
            self.edits.hold(first, last - 1);
        }
        // Line ends that a block scalar keeps.
        self.edits.keep_end(style == Style::Block && (text.ends_with("\n\n") || text == "\n"));
    }
}

/// The column of a token, from 0.
fn column(token: &Token) -> usize {
    usize::try_from(token.span.column).unwrap_or(usize::MAX).saturating_sub(1)
}

/// How many columns further on `new` is than `old`.
fn distance(old: usize, new: usize) -> isize {
    new.cast_signed().wrapping_sub(old.cast_signed())
}
