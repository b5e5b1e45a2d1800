//! The SIRETs of a text: fourteen digits between double quotes, which no program takes for a number.

use crate::config::format::edit::Edits;
use crate::config::format::edit::Replacement;
use crate::config::yaml::token::Style;
use crate::config::yaml::token::Token;
use crate::config::yaml::token::TokenKind;
use crate::domain::siret::Siret;

/// The key of a SIRET.
const SIRET: &str = "siret";

/// The key of a list that may hold SIRETs.
const CLIENTS: &str = "clients";

/// Puts each SIRET between double quotes. What is no SIRET is left alone.
pub(crate) fn quote(tokens: &[Token], edits: &mut Edits) {
    // The key under which each open collection stands.
    let mut under: Vec<&str> = Vec::new();
    let mut key = "";
    let mut previous: Option<&Token> = None;
    for token in tokens {
        match &token.kind {
            TokenKind::MappingStart | TokenKind::SequenceStart | TokenKind::FlowStart => {
                under.push(std::mem::take(&mut key));
            }
            TokenKind::BlockEnd | TokenKind::FlowEnd => {
                under.pop();
            }
            TokenKind::Entry | TokenKind::FlowEntry => key = "",
            TokenKind::Value => {
                key = match previous.map(|token| &token.kind) {
                    Some(TokenKind::Scalar { text, .. }) => text,
                    _ => "",
                };
            }
            TokenKind::Scalar { text, style } => {
                let is_siret = match previous.map(|token| &token.kind) {
                    Some(TokenKind::Value) => key == SIRET,
                    Some(TokenKind::Entry | TokenKind::FlowStart | TokenKind::FlowEntry) => {
                        under.last() == Some(&CLIENTS)
                    }
                    _ => false,
                };
                if is_siret {
                    quote_one(token, text, *style, edits);
                }
            }
            _ => {}
        }
        if !matches!(token.kind, TokenKind::Comment) {
            previous = Some(token);
        }
    }
}

fn quote_one(token: &Token, text: &str, style: Style, edits: &mut Edits) {
    let Ok(read) = Siret::parse(text) else { return };
    let (line, digits) = (token.span.line, read.siret.as_str());
    if style == Style::Block
        || token.span.end_line != line
        || (style == Style::Double && text == digits)
    {
        return;
    }
    let column = |column: u32| usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
    edits.replace(
        line,
        Replacement {
            from: column(token.span.column),
            to: column(token.span.end_column),
            with: format!("\"{digits}\""),
        },
    );
}
