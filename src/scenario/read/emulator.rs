//! `emulator`: how the case's own emulator is set up.

use super::super::model::{EmulatorOptions, RateLimit};
use super::super::tree::{Kind, Node};
use super::Reader;
use crate::acs::{ApiVersion, Service};

const MEMBERS: [&str; 8] = [
    "page_size",
    "seed",
    "clock",
    "strict",
    "service_like_tokens",
    "resources",
    "serve_as",
    "rate_limits",
];

/// More resources than any scenario tells apart.
const MOST_RESOURCES: u64 = 16;

impl Reader<'_> {
    pub(super) fn emulator(&mut self, node: Option<&Node>) -> EmulatorOptions {
        let mut options = EmulatorOptions { resources: 1, ..EmulatorOptions::default() };
        let Some(node) = node else { return options };
        let Some(fields) = self.fields(node, "`emulator`", &MEMBERS) else { return options };
        options.page_size = self
            .whole(fields.get("page_size"), "page_size", 1)
            .and_then(|size| usize::try_from(size).ok());
        options.seed = self.whole(fields.get("seed"), "seed", 0);
        options.clock = self.clock(fields.get("clock"));
        options.strict = self.boolean(fields.get("strict"), "strict").unwrap_or_default();
        options.service_like_tokens = self
            .boolean(fields.get("service_like_tokens"), "service_like_tokens")
            .unwrap_or_default();
        if let Some(resources) = self.whole(fields.get("resources"), "resources", 1) {
            options.resources = usize::try_from(resources.min(MOST_RESOURCES)).unwrap_or_default();
            if resources > MOST_RESOURCES {
                let message = format!("`resources` must be {MOST_RESOURCES} at most");
                let place = fields.get("resources").map_or(fields.place, |node| &node.place);
                self.error("wrong-value", message, place);
            }
        }
        options.serve_as = self.serve_as(fields.get("serve_as"));
        options.rate_limits = self.rate_limits(fields.get("rate_limits"));
        options
    }

    fn clock(&mut self, node: Option<&Node>) -> Option<String> {
        let text = self.located_text(node, "clock")?;
        if crate::acs::time::parse(&text.value).is_some() {
            return Some(text.value);
        }
        let message = format!("`clock` must be a time, not \"{}\"", text.value);
        self.error("wrong-value", message, &text.place).help =
            Some("times are RFC 3339, as in 2026-01-01T00:00:00Z".into());
        None
    }

    fn serve_as(&mut self, node: Option<&Node>) -> Vec<(ApiVersion, ApiVersion)> {
        let Some(node) = node else { return Vec::new() };
        let Kind::Map(entries) = &node.kind else {
            let message = format!("`serve_as` must be a map, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place).help =
                Some("as in { \"2026-09-01\": \"2025-03-13\" }".into());
            return Vec::new();
        };
        entries
            .iter()
            .filter_map(|entry| {
                let known = self.located_text(Some(&entry.value), "serve_as")?;
                let version = ApiVersion::new(known.value);
                if !Service::ALL.into_iter().any(|service| version.is_served_by(service)) {
                    let message = format!("the api-version {version} is not served");
                    self.error("unknown-version", message, &known.place);
                }
                Some((ApiVersion::new(entry.key.clone()), version))
            })
            .collect()
    }

    fn rate_limits(&mut self, node: Option<&Node>) -> Vec<RateLimit> {
        let Some(node) = node else { return Vec::new() };
        let Kind::List(items) = &node.kind else {
            let message = format!("`rate_limits` must be a list, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place).help =
                Some("as in [{ on: rooms.get, requests: 2, window: 10s }]".into());
            return Vec::new();
        };
        items.iter().filter_map(|item| self.rate_limit(item)).collect()
    }

    fn rate_limit(&mut self, node: &Node) -> Option<RateLimit> {
        let what = "a rate limit";
        let fields = self.fields(node, what, &["on", "requests", "window"])?;
        let operation = match fields.get("on") {
            Some(on) => self.route(on, "on"),
            None => Some("*".to_owned()),
        };
        let requests = self.required(&fields, what, "requests");
        let requests =
            self.whole(requests, "requests", 0).and_then(|requests| u32::try_from(requests).ok());
        let window = self.required(&fields, what, "window");
        let window = self.duration(window, "window");
        Some(RateLimit { operation: operation?, requests: requests?, window: window? })
    }
}
