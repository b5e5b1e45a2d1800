//! Templates: minijinja, strict about names, bounded in work, and safe inside double quotes.

use minijinja::Environment;
use minijinja::Error;
use minijinja::ErrorKind;
use minijinja::OutputSpan;
use minijinja::UndefinedBehavior;
use minijinja::Value;
use minijinja::value::ValueKind;

use crate::config::source::row::line_starts;
use crate::diagnostic::FileId;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::tr;
use crate::language::translated;

/// How much work one row may cause. A template of 100 lines needs about 1,000.
const FUEL: u64 = 200_000;

/// The longest template, in bytes: a thousand lines.
const BYTES: usize = 50_000;

/// The longest template that is parsed on the stack of its caller.
const SHORT: usize = 1_000;

/// Room to parse a long template in. A chain such as `a.a.a` is one level for two bytes, and the parser, which
/// limits brackets but not chains, takes up to 1,000 bytes of stack for each byte of such a text in a debug build.
const STACK: usize = 128 << 20;

/// A template and its text.
pub(crate) struct Template {
    /// Its file.
    pub(crate) file: FileId,
    /// Its text.
    pub(crate) text: String,
    starts: Vec<usize>,
}

impl Template {
    /// A template of a file.
    pub(crate) fn new(file: FileId, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { file, starts: line_starts(&text), text }
    }

    /// The line of a byte of its text.
    pub(crate) fn line_of(&self, byte: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= byte)).unwrap_or(u32::MAX)
    }
}

/// What went wrong with a template: a sentence, and its line there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateFault {
    /// The sentence.
    pub(crate) message: Message,
    /// The line of the template.
    pub(crate) line: Option<u32>,
    /// The name that has no value, when that is what is wrong.
    pub(crate) missing: Option<String>,
}

/// Parsed templates by name.
pub(crate) struct Engine {
    environment: Environment<'static>,
}

impl Engine {
    /// An engine without templates. It can read no file and include nothing.
    pub(crate) fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_formatter(|out, _, value| {
            if value.is_undefined() {
                return Err(Error::from(ErrorKind::UndefinedError));
            }
            if value.is_none() {
                return Ok(());
            }
            match value.as_str() {
                Some(text) if !value.is_safe() => write_escaped(out, text)?,
                // A list that holds itself many times over would take for ever to write.
                None if matches!(
                    value.kind(),
                    ValueKind::Seq | ValueKind::Map | ValueKind::Iterable
                ) =>
                {
                    return Err(Error::new(ErrorKind::InvalidOperation, not_written(value.kind())));
                }
                _ => write!(out, "{value}")?,
            }
            Ok(())
        });
        Self { environment }
    }

    /// An engine for names: what it writes is taken as it is.
    pub(crate) fn plain() -> Self {
        let mut engine = Self::new();
        engine.environment.set_formatter(|out, _, value| {
            if value.is_undefined() {
                return Err(Error::from(ErrorKind::UndefinedError));
            }
            write!(out, "{value}")?;
            Ok(())
        });
        engine
    }

    /// Parses a template once.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Result<(), TemplateFault> {
        let refused = |message: Message| TemplateFault { message, line: None, missing: None };
        if text.len() > BYTES {
            return Err(refused(message!(
                "the template has {} bytes, expected at most {BYTES}",
                text.len(),
                BYTES
            )));
        }
        let environment = &mut self.environment;
        let mut parse = || {
            environment
                .add_template_owned(name.to_owned(), text.to_owned())
                .map_err(|error| fault(&error, text))
        };
        if text.len() <= SHORT {
            return parse();
        }
        std::thread::scope(|scope| {
            let parser = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parse);
            match parser.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(parsed)) => parsed,
                Ok(Err(_)) | Err(_) => Err(refused(message!("the template could not be parsed"))),
            }
        })
    }

    /// Whether a template of that name was added.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.environment.get_template(name).is_ok()
    }

    /// Fills a template, and says which part of the result came from where in it.
    pub(crate) fn fill(
        &self,
        name: &str,
        text: &str,
        values: &Value,
    ) -> Result<(String, Vec<OutputSpan>), TemplateFault> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render_with_spans(values))
            .map_err(|error| fault(&error, text))
    }

    /// Fills a short template whose place in its file does not matter.
    pub(crate) fn fill_short(&self, name: &str, values: &Value) -> Result<String, TemplateFault> {
        let template = self.environment.get_template(name).map_err(|error| fault(&error, ""))?;
        template.render(values).map_err(|error| fault(&error, template.source()))
    }
}

/// Writes a text so that it is right between double quotes in YAML.
fn write_escaped(out: &mut minijinja::Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '\\' || c == '"' || c.is_control()) {
        out.write_str(&rest[..at])?;
        let special = rest[at..].chars().next().unwrap_or_default();
        match special {
            '\\' => out.write_str("\\\\")?,
            '"' => out.write_str("\\\"")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            other => write!(out, "\\u{:04x}", u32::from(other))?,
        }
        rest = &rest[at + special.len_utf8()..];
    }
    out.write_str(rest)
}

/// Why a value is not written, as the detail of an error: one of the texts that [`fault`] says in the language of the run.
fn not_written(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Seq => marked!("a sequence cannot be written, use `join` or `tojson`"),
        ValueKind::Map => marked!("a map cannot be written, use `join` or `tojson`"),
        _ => marked!("an iterator cannot be written, use `join` or `tojson`"),
    }
}

fn fault(error: &Error, text: &str) -> TemplateFault {
    let expression = error.range().and_then(|range| text.get(range)).map(str::trim);
    let line = error.line().and_then(|line| u32::try_from(line).ok());
    if error.kind() == ErrorKind::UndefinedError {
        let name = expression.unwrap_or_default().to_owned();
        return TemplateFault {
            message: if name.is_empty() {
                message!("the template names a value that does not exist")
            } else {
                message!("the template names `{name}`, which does not exist", name)
            },
            line,
            missing: Some(name).filter(|name| !name.is_empty()),
        };
    }
    if error.kind() == ErrorKind::OutOfFuel {
        return TemplateFault {
            message: message!("the template does not come to an end"),
            line,
            missing: None,
        };
    }
    let kind = || match error.kind() {
        ErrorKind::SyntaxError => tr!("syntax error"),
        ErrorKind::InvalidOperation => tr!("invalid operation"),
        ErrorKind::UnknownFilter => tr!("unknown filter"),
        ErrorKind::UnknownFunction => tr!("unknown function"),
        ErrorKind::UnknownTest => tr!("unknown test"),
        ErrorKind::UnknownMethod => tr!("unknown method"),
        ErrorKind::TooManyArguments => tr!("too many arguments"),
        ErrorKind::MissingArgument => tr!("missing argument"),
        other => other.to_string(),
    };
    TemplateFault {
        message: match error.detail() {
            Some(detail) => {
                message!("the template fails, {}: {}", kind(), translated(detail))
            }
            None => message!("the template fails, {}", kind()),
        },
        line,
        missing: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, value: &str) -> Result<String, TemplateFault> {
        let mut engine = Engine::new();
        engine.add("t", template)?;
        let values = Value::from_pairs([("value", Value::from(value))]);
        engine.fill("t", template, &values).map(|(text, _)| text)
    }

    #[test]
    fn any_text_is_right_between_double_quotes() {
        for text in [
            "l\"été",
            "a\\b",
            "two\nlines",
            "tab\there",
            "\u{7}",
            "{{ value }}",
            "# no: remark",
            "\u{85}",
        ] {
            let yaml = fill("name: \"{{ value }}\"\nother: {{ value | tojson }}\n", text).unwrap();
            let read = crate::config::yaml::read(&yaml);
            assert_eq!(read.faults, [], "{yaml}");
            for key in ["name", "other"] {
                let crate::config::yaml::Content::Scalar { text: found, .. } =
                    &read.documents[0].get(key).unwrap().content
                else {
                    panic!("not a text");
                };
                assert_eq!(found, text);
            }
        }
    }

    #[test]
    fn names_must_exist_and_work_must_end() {
        let fault = fill("a\n{{ vlaue }}", "x").unwrap_err();
        assert_eq!((fault.line, fault.missing.as_deref()), (Some(2), Some("vlaue")));
        let fault = fill(
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
            "x",
        );
        assert!(fault.unwrap_err().message.contains("come to an end"));
        let fault = fill("a\nb\n{% if %}", "x").unwrap_err();
        assert_eq!(fault.line, Some(3));
        assert!(fill("{% include 'secret' %}", "x").is_err());
    }
}
