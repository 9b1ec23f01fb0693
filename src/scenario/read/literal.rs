//! What can be known of values that are written out: those that hold no `${…}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::suggest::closest;
use super::super::tree::{Entry, Kind, Node};
use super::super::vocabulary;
use super::Reader;
use super::fields::listed;
use super::operator::is_operator;
use crate::acs::signing::AccessKey;

/// Ways to say which of a resource's keys signs.
const KEYS: [&str; 3] = ["primary", "secondary", "wrong"];

impl Reader<'_> {
    /// A status is a number; as text it would fit nothing.
    pub(super) fn literal_status(&mut self, node: &Node) {
        let Some(text) = literal_text(node) else { return };
        let message = format!("`status` is a number, and \"{text}\" is text");
        let help = text.parse::<u16>().is_ok().then(|| "take the quotes away".to_owned());
        self.error("wrong-type", message, &node.place).help = help;
    }

    /// The kind of an error is a word of a fixed set.
    pub(super) fn literal_kind(&mut self, node: &Node) {
        let Some(text) = literal_text(node) else { return };
        let known = vocabulary::error_kinds();
        if known.contains(&text) {
            return;
        }
        let help = closest(text, known.iter().copied()).map_or_else(
            || format!("there are {}", listed(&known)),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no kind of error `{text}`");
        self.error("unknown-value", message, &node.place).help = Some(help);
    }

    /// A length fits a whole number, or operators that a number can fit.
    pub(super) fn literal_length(&mut self, node: &Node) {
        let fits = match &node.kind {
            Kind::Number(number) => number.as_u64().is_some(),
            Kind::Text(text) => text.contains("${"),
            Kind::Map(entries) => entries.iter().all(|entry| is_operator(&entry.key)),
            _ => false,
        };
        if !fits {
            let message = "`length` fits a whole number or operators, and this is neither";
            self.error("wrong-value", message, &node.place).help =
                Some("as in `length: 2` or `length: { ge: 1 }`".into());
        }
    }

    /// The client options of a call.
    pub(super) fn literal_options(&mut self, node: &Node) {
        if has_expression(node) {
            return;
        }
        if let Some(why) = vocabulary::options_error(&node.to_value()) {
            let error = self.error("wrong-value", "no client has these options", &node.place);
            error.label = Some(why);
        }
    }

    pub(super) fn literal_method(&mut self, node: &Node) {
        if let Some(text) = literal_text(node)
            && !is_token(text)
        {
            let message = format!("\"{text}\" is no HTTP method");
            self.error("wrong-value", message, &node.place).help =
                Some("a method is a word such as GET".into());
        }
    }

    pub(super) fn header_name(&mut self, entry: &Entry) {
        if !is_token(&entry.key) {
            let message = format!("\"{}\" is no name of a header", entry.key);
            self.error("wrong-value", message, &entry.key_place).help =
                Some("names have letters, digits and hyphens, and no expressions".into());
        }
    }

    pub(super) fn literal_bytes(&mut self, node: &Node) {
        if let Some(text) = literal_text(node)
            && let Err(error) = STANDARD.decode(text)
        {
            let message = format!("`bytes` must be base64, and \"{text}\" is not");
            let told = self.error("wrong-value", message, &node.place);
            told.label = Some(error.to_string());
            told.help = Some("a body that is text goes under `text`".into());
        }
    }

    pub(super) fn literal_key(&mut self, node: &Node) {
        let Some(text) = literal_text(node).filter(|text| !KEYS.contains(text)) else { return };
        if let Err(error) = AccessKey::from_base64(text) {
            let help = closest(text, KEYS).map_or_else(
                || "it may be primary, secondary, wrong, or an access key in base64".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            // The text is not shown again: it might be a key with a slip in it.
            let told = self.error("wrong-value", "`key` is no key", &node.place);
            told.label = Some(error.to_string());
            told.help = Some(help);
        }
    }
}

/// A text without expressions.
fn literal_text(node: &Node) -> Option<&str> {
    node.as_text().filter(|text| !text.contains("${"))
}

fn has_expression(node: &Node) -> bool {
    match &node.kind {
        Kind::Text(text) => text.contains("${"),
        Kind::List(items) => items.iter().any(has_expression),
        Kind::Map(entries) => entries.iter().any(|entry| has_expression(&entry.value)),
        _ => false,
    }
}

/// A token of RFC 9110: what methods and the names of headers are made of.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
