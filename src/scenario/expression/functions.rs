//! The functions of expressions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::pattern::compile;
use super::Expression;

/// A text that `repeat` may make, in bytes: two of the largest bodies that the service takes.
const LONGEST_REPEAT: usize = 2 * 1024 * 1024;

/// A function that expressions can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Base64 of a text's UTF-8 bytes.
    Base64,
    /// Base64 of the SHA-256 of a text's UTF-8 bytes, as the content hash header has it.
    Sha256,
    /// As Python's `print` shows a value: `True`, `None`, text bare.
    Python,
    /// `repeat(text, n)`.
    Repeat,
    Lower,
    Upper,
    /// The value as compact JSON.
    Json,
    /// `capture(text, 'a(b)c')`: the first group of a regular expression, or all that it finds.
    Capture,
}

impl Function {
    pub const ALL: [Self; 8] = [
        Self::Base64,
        Self::Sha256,
        Self::Python,
        Self::Repeat,
        Self::Lower,
        Self::Upper,
        Self::Json,
        Self::Capture,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Sha256 => "sha256",
            Self::Python => "python",
            Self::Repeat => "repeat",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Json => "json",
            Self::Capture => "capture",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// How many arguments it takes.
    pub const fn arity(self) -> usize {
        match self {
            Self::Repeat | Self::Capture => 2,
            _ => 1,
        }
    }

    /// What no value of the arguments that are still missing could mend.
    pub(super) fn objects_to(self, arguments: &[Expression]) -> Option<String> {
        match (self, arguments) {
            (Self::Capture, [_, Expression::Literal(Value::String(pattern))]) => {
                let why = compile(pattern).err()?;
                Some(format!("`{pattern}` is no regular expression: {why}"))
            }
            _ => None,
        }
    }

    /// Applies the function; the message says what it cannot take.
    pub(super) fn apply(self, arguments: &[Value]) -> Result<Value, String> {
        match (self, arguments) {
            (Self::Base64, [value]) => Ok(STANDARD.encode(self.text(value)?).into()),
            (Self::Sha256, [value]) => {
                Ok(STANDARD.encode(Sha256::digest(self.text(value)?)).into())
            }
            (Self::Python, [value]) => Ok(python(value, false).into()),
            (Self::Repeat, [value, times]) => self.repeat(value, times),
            (Self::Lower, [value]) => Ok(self.text(value)?.to_lowercase().into()),
            (Self::Upper, [value]) => Ok(self.text(value)?.to_uppercase().into()),
            (Self::Capture, [value, pattern]) => self.capture(value, pattern),
            (Self::Json, [value]) => Ok(value.to_string().into()),
            (_, given) => Err(format!(
                "`{}` takes {} argument(s), {} given",
                self.name(),
                self.arity(),
                given.len()
            )),
        }
    }

    fn text(self, value: &Value) -> Result<&str, String> {
        value.as_str().ok_or_else(|| format!("`{}` takes text, not {value}", self.name()))
    }

    fn capture(self, value: &Value, pattern: &Value) -> Result<Value, String> {
        let (text, pattern) = (self.text(value)?, self.text(pattern)?);
        let regex = compile(pattern)
            .map_err(|why| format!("`{pattern}` is no regular expression: {why}"))?;
        let found = regex
            .captures(text)
            .and_then(|groups| groups.get(1).or_else(|| groups.get(0)))
            .ok_or_else(|| format!("`{pattern}` finds nothing in {value}"))?;
        Ok(found.as_str().into())
    }

    fn repeat(self, value: &Value, times: &Value) -> Result<Value, String> {
        let text = self.text(value)?;
        let times = times
            .as_u64()
            .and_then(|times| usize::try_from(times).ok())
            .ok_or_else(|| format!("`repeat` takes a whole number of times, not {times}"))?;
        match text.len().checked_mul(times) {
            Some(length) if length <= LONGEST_REPEAT => Ok(text.repeat(times).into()),
            _ => Err(format!("`repeat` makes {LONGEST_REPEAT} bytes at most")),
        }
    }
}

/// A value as Python's `print` shows it; `inner` values of lists and dicts are quoted.
fn python(value: &Value, inner: bool) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if inner => quoted(text),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| python(item, true)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), python(value, true)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n");
    if text.contains('\'') && !text.contains('"') {
        format!("\"{escaped}\"")
    } else {
        format!("'{}'", escaped.replace('\'', "\\'"))
    }
}
