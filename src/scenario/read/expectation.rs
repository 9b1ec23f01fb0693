//! `expect`: one entry, or a list of them.

use super::super::matcher::{ExpectationTemplate, MatcherTemplate, Subject, TestTemplate};
use super::super::tree::{Entry, Kind, Node};
use super::super::vocabulary::STATE;
use super::Reader;
use super::operator::is_operator;
use crate::scenario::TargetKind;

const MEMBERS: [&str; 7] =
    ["ok", "error", "exchange", "exchanges", "state", "targets", "behaviours"];

/// Members of an error as outcomes have it.
const ERROR: [&str; 5] = ["kind", "status", "code", "message", "native"];

/// Members of an exchange as expectations see it.
pub(in crate::scenario) const EXCHANGE: [&str; 11] = [
    "status",
    "headers",
    "body",
    "text",
    "request",
    "broken",
    "connection",
    "signature_form",
    "refusal",
    "fault",
    "served_as",
];
const REQUEST: [&str; 8] =
    ["method", "path", "query", "headers", "body", "text", "authority", "target"];

pub(super) const TARGETS: [(&str, TargetKind); 2] =
    [("emulator", TargetKind::Emulator), ("live", TargetKind::Live)];

impl Reader<'_> {
    pub(super) fn expectations(&mut self, node: Option<&Node>) -> Vec<ExpectationTemplate> {
        let Some(node) = node else { return Vec::new() };
        match &node.kind {
            Kind::List(items) if items.is_empty() => {
                self.error("empty-expect", "`expect` is empty", &node.place);
                Vec::new()
            }
            Kind::List(items) => items.iter().filter_map(|item| self.expectation(item)).collect(),
            _ => self.expectation(node).into_iter().collect(),
        }
    }

    fn expectation(&mut self, node: &Node) -> Option<ExpectationTemplate> {
        let fields = self.fields(node, "an expectation", &MEMBERS)?;
        let subjects: Vec<_> = Subject::ALL
            .into_iter()
            .filter_map(|subject| {
                let written = fields.get(subject.name())?;
                Some((subject, self.subject(subject, written)))
            })
            .collect();
        let unknown = node.as_map().is_some_and(|entries| {
            entries.iter().any(|entry| !MEMBERS.contains(&entry.key.as_str()))
        });
        if subjects.is_empty() && !unknown {
            let error =
                self.error("empty-expect", "this expectation asserts nothing", fields.place);
            error.help = Some("give it `ok`, `error`, `exchange`, `exchanges` or `state`".into());
        }
        Some(ExpectationTemplate {
            place: node.place.clone(),
            targets: self.targets(fields.get("targets")),
            behaviours: self.behaviours(fields.get("behaviours")),
            subjects,
        })
    }

    pub(super) fn targets(&mut self, node: Option<&Node>) -> Vec<TargetKind> {
        let texts = self.texts(node, "targets");
        texts.iter().filter_map(|text| self.choose(text, "targets", &TARGETS)).collect()
    }

    /// `error` and `exchange` have members that are known beforehand, so that a misspelt one is
    /// noticed, and a `path` in them is no operator.
    fn subject(&mut self, subject: Subject, node: &Node) -> MatcherTemplate {
        match (subject, &node.kind) {
            (Subject::Error, Kind::Map(entries)) if !only_operators(entries, &ERROR) => self
                .members(node, entries, "an error", &ERROR, |reader, entry| {
                    match entry.key.as_str() {
                        "kind" => reader.literal_kind(&entry.value),
                        "status" => reader.literal_status(&entry.value),
                        _ => {}
                    }
                    None
                }),
            (Subject::State, Kind::Map(entries)) if !only_operators(entries, &STATE) => {
                self.members(node, entries, "the state", &STATE, |_, _| None)
            }
            (Subject::Exchange, Kind::Map(entries)) if !only_operators(entries, &EXCHANGE) => {
                self.exchange(node, entries)
            }
            (Subject::Exchanges, Kind::List(items)) => {
                let items =
                    items.iter().map(|item| self.subject(Subject::Exchange, item)).collect();
                MatcherTemplate { place: node.place.clone(), test: TestTemplate::List(items) }
            }
            _ => self.matcher(node),
        }
    }

    fn exchange(&mut self, node: &Node, entries: &[Entry]) -> MatcherTemplate {
        self.members(node, entries, "an exchange", &EXCHANGE, |reader, entry| {
            match (entry.key.as_str(), &entry.value.kind) {
                ("status", _) => {
                    reader.literal_status(&entry.value);
                    None
                }
                ("headers", Kind::Map(headers)) => Some(reader.headers(&entry.value, headers)),
                ("request", Kind::Map(request)) if !only_operators(request, &REQUEST) => {
                    Some(reader.request_members(&entry.value, request))
                }
                _ => None,
            }
        })
    }

    fn request_members(&mut self, node: &Node, entries: &[Entry]) -> MatcherTemplate {
        self.members(node, entries, "a request", &REQUEST, |reader, entry| {
            match (entry.key.as_str(), &entry.value.kind) {
                ("headers", Kind::Map(headers)) => Some(reader.headers(&entry.value, headers)),
                _ => None,
            }
        })
    }

    fn members(
        &mut self,
        node: &Node,
        entries: &[Entry],
        what: &str,
        known: &[&str],
        special: impl Fn(&mut Self, &Entry) -> Option<MatcherTemplate>,
    ) -> MatcherTemplate {
        let _ = self.fields(node, what, known);
        let members = entries
            .iter()
            .map(|entry| {
                let matcher = special(self, entry).unwrap_or_else(|| self.matcher(&entry.value));
                (self.key(&entry.key, &entry.key_place), matcher)
            })
            .collect();
        MatcherTemplate { place: node.place.clone(), test: TestTemplate::Object(members) }
    }

    /// Names of headers are the same whatever their case; subjects have them in lower case.
    fn headers(&mut self, node: &Node, entries: &[Entry]) -> MatcherTemplate {
        if only_operators(entries, &[]) {
            return self.matcher(node);
        }
        let members = entries
            .iter()
            .map(|entry| {
                let name = entry.key.to_ascii_lowercase();
                (self.key(&name, &entry.key_place), self.matcher(&entry.value))
            })
            .collect();
        MatcherTemplate { place: node.place.clone(), test: TestTemplate::Object(members) }
    }
}

/// Whether a map is one of operators, `path` of a request and the like not among them.
fn only_operators(entries: &[Entry], members: &[&str]) -> bool {
    !entries.is_empty()
        && entries
            .iter()
            .all(|entry| is_operator(&entry.key) && !members.contains(&entry.key.as_str()))
}
