//! From YAML to the tree. YAML itself is serde-saphyr's.
//!
//! Deriving stops at the first error, so everything is taken in as it comes, repeated keys and
//! merge keys too, and judged afterwards.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Location, Options, Spanned};

use super::super::diagnostics::Diagnostic;
use super::super::{Place, Source};
use super::{Entry, Kind, Node, syntax};

/// Events of the YAML parser (about two a value): ten times the largest sensible scenario.
pub(super) const MOST_EVENTS: usize = 400_000;
/// Values that aliases may add.
pub(super) const MOST_REPLAYED: usize = 50_000;
pub(super) const DEEPEST: usize = 64;

/// Reads the text; on top of YAML's own errors, repeated keys and merge keys are refused.
///
/// # Errors
///
/// The first error of the syntax, or all repeated keys and merge keys.
pub fn parse(source: &Arc<Source>) -> Result<Node, Vec<Diagnostic>> {
    match parse_on(source) {
        (Some(node), diagnostics) if diagnostics.is_empty() => Ok(node),
        (_, diagnostics) => Err(diagnostics),
    }
}

/// As [`parse`], and goes on where it can be known what was meant: of a key that is given twice the
/// first holds, so that all else that is wrong with the file is told as well.
pub fn parse_on(source: &Arc<Source>) -> (Option<Node>, Vec<Diagnostic>) {
    let raw: Spanned<Raw> = match serde_saphyr::from_str_with_options(&source.text, options()) {
        Ok(raw) => raw,
        Err(error) => return (None, vec![syntax::told(&error, source)]),
    };
    let mut diagnostics = Vec::new();
    let node = raw_node(raw, source, &mut diagnostics);
    let known = diagnostics.iter().all(|diagnostic| diagnostic.code == "duplicate-key");
    (known.then_some(node), diagnostics)
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: MOST_EVENTS,
            max_nodes: MOST_EVENTS,
            max_depth: DEEPEST,
            flow_nesting_limit: DEEPEST,
            // What aliases add is limited below, however many there are of one anchor.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MOST_REPLAYED,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        emit_comments: false,
    }
}

pub(super) fn place(location: Location, source: &Arc<Source>) -> Place {
    let span = location.span();
    let start = span.byte_offset().and_then(|start| usize::try_from(start).ok());
    let start = start.unwrap_or_else(|| offset(location, &source.text));
    let length = span.byte_len().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let start = start.min(source.text.len());
    let end = start.saturating_add(length).min(source.text.len());
    Place {
        source: Arc::clone(source),
        line: usize::try_from(location.line()).unwrap_or(1).max(1),
        column: usize::try_from(location.column()).unwrap_or(1).max(1),
        span: start..end,
    }
}

/// The end of a collection whose last item ends at `end`: behind the bracket, if it has one.
fn closed(text: &str, start: usize, end: usize) -> usize {
    let closer = match text.as_bytes().get(start) {
        Some(b'{') => '}',
        Some(b'[') => ']',
        _ => return end,
    };
    let after = text.get(end..).unwrap_or_default();
    let rest = after.trim_start_matches(|next: char| next.is_whitespace() || next == ',');
    if rest.starts_with(closer) { text.len() - rest.len() + 1 } else { end }
}

/// Errors of the syntax know their line and column only.
fn offset(location: Location, text: &str) -> usize {
    let line = usize::try_from(location.line()).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

fn raw_node(raw: Spanned<Raw>, source: &Arc<Source>, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let mut place = place(raw.defined, source);
    let kind = match raw.value {
        Raw::Null => Kind::Null,
        Raw::Bool(value) => Kind::Bool(value),
        Raw::Number(number) => Kind::Number(number),
        Raw::Text(text) => Kind::Text(text),
        Raw::List(items) => {
            Kind::List(items.into_iter().map(|item| raw_node(item, source, diagnostics)).collect())
        }
        Raw::Map(entries) => Kind::Map(raw_entries(entries, source, diagnostics)),
    };
    // The parser gives a collection the place of its beginning only.
    let last = match &kind {
        Kind::List(items) => {
            Some(items.last().map_or(place.span.start + 1, |item| item.place.span.end))
        }
        Kind::Map(entries) => {
            Some(entries.last().map_or(place.span.start + 1, |entry| entry.value.place.span.end))
        }
        _ => None,
    };
    if let Some(end) = last {
        place.span.end =
            place.span.end.max(closed(&source.text, place.span.start, end)).min(source.text.len());
    }
    Node { place, kind }
}

fn raw_entries(
    raw: Vec<(Spanned<Raw>, Spanned<Raw>)>,
    source: &Arc<Source>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::with_capacity(raw.len());
    let mut seen = std::collections::HashMap::with_capacity(raw.len());
    for (key, value) in raw {
        let key_place = place(key.defined, source);
        let Some(key) = key_text(key.value) else {
            let message = "a key must be text, not a list or a map";
            diagnostics.push(Diagnostic::error("key-not-text", message, key_place));
            continue;
        };
        if key == "<<" {
            let merge = Diagnostic::error("merge-key", "merge keys are refused", key_place);
            let help = "write the members out, or share steps with `use`";
            diagnostics.push(merge.help(help));
            continue;
        }
        if let Some(first) = seen.insert(key.clone(), key_place.clone()) {
            let message = format!("`{key}` is given twice");
            let twice = Diagnostic::error("duplicate-key", message, key_place);
            diagnostics.push(twice.related(first, "first given here"));
            continue;
        }
        let value = raw_node(value, source, diagnostics);
        entries.push(Entry { key, key_place, value });
    }
    entries
}

fn key_text(key: Raw) -> Option<String> {
    match key {
        Raw::Null => Some("null".into()),
        Raw::Bool(value) => Some(value.to_string()),
        Raw::Number(number) => Some(number.to_string()),
        Raw::Text(text) => Some(text),
        Raw::List(_) | Raw::Map(_) => None,
    }
}

/// What the YAML library hands over.
enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Raw, E> {
        Err(E::custom(format!("{value} is too large a number")))
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Raw, E> {
        Err(E::custom(format!("{value} is too large a number")))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Raw, E> {
        Number::from_f64(value)
            .map(Raw::Number)
            .ok_or_else(|| E::custom(format!("{value} is no number that JSON has")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Spanned<Raw>>()? {
            entries.push((key, access.next_value::<Spanned<Raw>>()?));
            if entries.len() > MOST_EVENTS {
                return Err(A::Error::custom("too many members"));
            }
        }
        Ok(Raw::Map(entries))
    }
}
