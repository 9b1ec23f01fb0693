//! JSONPath (RFC 9535), as written and as worked out.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::super::template::{Context, ExpressionError, Scope, Template};

/// A JSONPath that may hold expressions.
#[derive(Debug, Clone)]
pub enum PathTemplate {
    /// Without expressions: parsed when the file is read.
    Ready(Path),
    Later(Template),
}

/// A parsed JSONPath.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    pub text: String,
    parsed: JsonPath,
    /// Whether it can find one node at most.
    singular: bool,
}

impl PathTemplate {
    /// # Errors
    ///
    /// An expression without a value, or a text that is no JSONPath once it is worked out.
    pub fn resolve(&self, scope: &Scope, context: &Context) -> Result<Path, ExpressionError> {
        match self {
            Self::Ready(path) => Ok(path.clone()),
            Self::Later(template) => {
                let text = template.resolve_text(scope, context)?;
                Path::parse(&text).map_err(|why| ExpressionError {
                    place: template.place.clone(),
                    message: format!("`{text}` is no JSONPath: {why}"),
                })
            }
        }
    }
}

impl Path {
    /// # Errors
    ///
    /// What is wrong with the text, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = JsonPath::parse(text).map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), parsed, singular: is_singular(text) })
    }

    /// What it finds: the one node, or nothing, where it can only find one; else the list of all.
    pub fn find(&self, value: &Value) -> Option<Value> {
        let found = self.parsed.query(value);
        if self.singular {
            found.first().cloned()
        } else {
            Some(found.iter().map(|node| (*node).clone()).collect())
        }
    }

    /// Narrows a value: a path that can only find one node gives it (null when there is none), any
    /// other the list of what it finds.
    pub fn keep(&self, value: &Value) -> Value {
        self.find(value).unwrap_or(Value::Null)
    }
}

/// Names and indices alone find one node at most; `*`, `..`, `?`, `,` and `:` may find more.
fn is_singular(text: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    for character in text.chars() {
        match (quote, character) {
            (Some(open), _) if open == character && before != '\\' => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '*' | '?' | ',' | ':') => return false,
            (None, '.') if before == '.' => return false,
            _ => {}
        }
        before = character;
    }
    true
}
