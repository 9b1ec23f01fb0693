//! A scenario file's top level.

use std::sync::Arc;
use std::time::Duration;

use super::super::matcher::{ExpectationTemplate, Path, Subject};
use super::super::model::{Deviation, Evidence, Lane, Located, Mark, Scenario};
use super::super::suggest::closest;
use super::super::tree::{Entry, Kind, Node};
use super::super::vocabulary;
use super::super::{Place, Source};
use super::{Fields, Reader};
use crate::acs::{ApiVersion, Service};
use crate::scenario::TargetKind;

/// The members of a scenario, in the order of the reference.
pub(in crate::scenario) const MEMBERS: [&str; 20] = [
    "name",
    "about",
    "evidence",
    "service",
    "api-versions",
    "tags",
    "targets",
    "requires",
    "rules",
    "lane",
    "timeout",
    "env",
    "vars",
    "emulator",
    "faults",
    "server",
    "deviations",
    "print",
    "steps",
    "expect",
];

const MARKS: [(&str, Mark); 4] = [
    ("recorded", Mark::Recorded),
    ("documented", Mark::Documented),
    ("measured", Mark::Measured),
    ("assumed", Mark::Assumed),
];
const LANES: [(&str, Lane); 3] =
    [("fast", Lane::Fast), ("timing", Lane::Timing), ("slow", Lane::Slow)];
const SERVICES: [(&str, Service); 2] = [("rooms", Service::Rooms), ("identity", Service::Identity)];
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a scenario is called by where it lies.
pub(in crate::scenario) struct Identity {
    pub(in crate::scenario) source: Arc<Source>,
    pub(in crate::scenario) area: String,
    pub(in crate::scenario) slug: String,
}

impl Reader<'_> {
    /// Reads a scenario. It is whole only if nothing was noted.
    pub(in crate::scenario) fn scenario(
        &mut self,
        node: &Node,
        identity: Identity,
    ) -> Option<Scenario> {
        let what = "a scenario";
        let fields = self.fields(node, what, &MEMBERS)?;
        let name = self.required(&fields, what, "name");
        let name = self.text(name, "name");
        let service =
            self.choice(fields.get("service"), "service", &SERVICES).unwrap_or(Service::Rooms);
        let steps = self.required(&fields, what, "steps");
        let mut faults = self.faults(fields.get("faults"), "faults");
        faults.extend(self.faults(fields.get("server"), "server"));
        let scenario = Scenario {
            source: identity.source,
            area: identity.area,
            slug: identity.slug,
            name: name.unwrap_or_default(),
            about: self.text(fields.get("about"), "about"),
            evidence: self.evidence(&fields),
            service,
            api_versions: self.api_versions(fields.get("api-versions"), service),
            tags: self.words(fields.get("tags"), "tags"),
            targets: self.where_it_runs(&fields),
            requires: self.requires(fields.get("requires")),
            rules: self.rules(fields.get("rules")),
            lane: self.choice(fields.get("lane"), "lane", &LANES).unwrap_or_default(),
            timeout: self.duration(fields.get("timeout"), "timeout").unwrap_or(TIMEOUT),
            env: self.words(fields.get("env"), "env"),
            vars: self.constants(fields.get("vars")),
            emulator: self.emulator(fields.get("emulator")),
            faults,
            deviations: self.deviations(fields.get("deviations")),
            print: self.print(fields.get("print")),
            steps: self.steps(steps),
            state: self.state(fields.get("expect")),
        };
        Some(scenario)
    }

    fn where_it_runs(&mut self, fields: &Fields<'_>) -> Vec<TargetKind> {
        let targets = self.targets(fields.get("targets"));
        if targets.is_empty() { vec![TargetKind::Emulator] } else { targets }
    }

    fn evidence(&mut self, fields: &Fields<'_>) -> Vec<Evidence> {
        let Some(node) = fields.get("evidence") else {
            let place = fields.entry("name").map_or(fields.place, |entry| &entry.value.place);
            self.no_evidence(place);
            return Vec::new();
        };
        let maps = match &node.kind {
            Kind::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        if maps.is_empty() {
            self.no_evidence(&node.place);
        }
        maps.into_iter().flat_map(|map| self.marks(map)).collect()
    }

    fn no_evidence(&mut self, place: &Place) {
        self.error("no-evidence", "this scenario states no evidence", place).help = Some(
            "say from where it is known: evidence: { documented: \"…\" }, or `recorded`, \
             `measured`, `assumed`"
                .into(),
        );
    }

    fn marks(&mut self, node: &Node) -> Vec<Evidence> {
        let known = MARKS.map(|(name, _)| name);
        let Some(_) = self.fields(node, "`evidence`", &known) else { return Vec::new() };
        if node.as_map().is_some_and(<[Entry]>::is_empty) {
            self.no_evidence(&node.place);
        }
        let mut marks = Vec::new();
        for entry in node.as_map().unwrap_or_default() {
            let mark = MARKS.iter().find(|(name, _)| *name == entry.key);
            let source = self.text(Some(&entry.value), &entry.key);
            if let (Some((_, mark)), Some(source)) = (mark, source) {
                marks.push(Evidence { mark: *mark, source });
            }
        }
        marks
    }

    /// A list, or a range such as `>=2023-10-30-preview`; all of the service when absent.
    fn api_versions(&mut self, node: Option<&Node>, service: Service) -> Vec<ApiVersion> {
        let all = service.versions();
        let Some(node) = node else {
            return all.iter().map(|version| ApiVersion::new(*version)).collect();
        };
        if let Kind::Text(range) = &node.kind {
            return self.range(range, node, all);
        }
        let mut versions: Vec<ApiVersion> = Vec::new();
        for text in self.texts(Some(node), "api-versions") {
            if !all.contains(&text.value.as_str()) {
                self.unserved(&text, service);
            } else if versions.iter().any(|version| version.as_str() == text.value) {
                let message = format!("`{}` is given twice in `api-versions`", text.value);
                self.error("repeated-word", message, &text.place);
            } else {
                versions.push(ApiVersion::new(text.value));
            }
        }
        if node.as_list().is_some_and(<[Node]>::is_empty) {
            self.error("no-versions", "`api-versions` is empty", &node.place).help =
                Some("leave it away for all versions of the service".into());
        }
        versions.sort();
        versions
    }

    fn unserved(&mut self, text: &Located<String>, service: Service) {
        let all = service.versions();
        let message = format!("{service} does not serve the api-version {}", text.value);
        let help = closest(&text.value, all.iter().copied()).map_or_else(
            || format!("it serves {}", all.join(", ")),
            |near| format!("did you mean {near}?"),
        );
        self.error("unknown-version", message, &text.place).help = Some(help);
    }

    fn range(&mut self, range: &str, node: &Node, all: &[&str]) -> Vec<ApiVersion> {
        let mut versions: Vec<&str> = all.to_vec();
        for part in range.split(',').map(str::trim) {
            let bound = [">=", "<=", ">", "<"]
                .into_iter()
                .find_map(|sign| Some((sign, part.strip_prefix(sign)?.trim())));
            let Some((sign, bound)) = bound.filter(|(_, bound)| is_version(bound)) else {
                let message = format!("`{part}` is no range of api-versions");
                self.error("bad-range", message, &node.place).help = Some(
                    "write a list, or a range such as \">=2023-10-30-preview, <2025-03-13\"".into(),
                );
                return Vec::new();
            };
            versions.retain(|version| match sign {
                ">=" => *version >= bound,
                "<=" => *version <= bound,
                ">" => *version > bound,
                _ => *version < bound,
            });
        }
        if versions.is_empty() {
            let message = format!("no served api-version is in the range `{range}`");
            self.error("no-versions", message, &node.place).help =
                Some(format!("there are {}", all.join(", ")));
        }
        versions.into_iter().map(ApiVersion::new).collect()
    }

    fn constants(&mut self, node: Option<&Node>) -> Vec<(String, Located<serde_json::Value>)> {
        let mut constants = Vec::new();
        for (name, node) in self.named(node, "vars") {
            if let Some(value) = self.literal(node, "a constant of `vars`") {
                constants.push((name.value, Located { value, place: name.place }));
            }
        }
        constants
    }

    fn deviations(&mut self, node: Option<&Node>) -> Vec<Deviation> {
        let Some(node) = node else { return Vec::new() };
        let Kind::List(items) = &node.kind else {
            let message = format!("`deviations` must be a list, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.deviation(item)).collect()
    }

    fn deviation(&mut self, node: &Node) -> Option<Deviation> {
        let what = "a deviation";
        let fields = self.fields(node, what, &["path", "reason", "targets"])?;
        let path = self.required(&fields, what, "path");
        let path = self.located_text(path, "path");
        if let Some(path) = &path
            && let Err(why) = Path::parse(&path.value)
        {
            self.error("bad-jsonpath", "this is no JSONPath", &path.place).label = Some(why);
        }
        let reason = self.required(&fields, what, "reason");
        let reason = self.text(reason, "reason");
        let targets = self.required(&fields, what, "targets");
        let targets = self.targets(targets);
        let place = node.place.clone();
        Some(Deviation { path: path?.value, reason: reason?, targets, place })
    }

    /// `expect` of the scenario: what the emulator must hold in the end.
    fn state(&mut self, node: Option<&Node>) -> Vec<ExpectationTemplate> {
        let expectations = self.expectations(node);
        for expectation in &expectations {
            for (subject, matcher) in &expectation.subjects {
                if *subject != Subject::State {
                    let message = format!("a scenario's own `expect` has no `{}`", subject.name());
                    self.error("wrong-subject", message, &matcher.place).help =
                        Some("it has `state`: the others belong to a step".into());
                }
            }
        }
        expectations
    }

    pub(super) fn behaviours(&mut self, node: Option<&Node>) -> Vec<String> {
        let texts = self.texts(node, "behaviours");
        self.known_words(&texts, vocabulary::behaviours(), "behaviour");
        texts.into_iter().map(|text| text.value).collect()
    }

    /// Features that a driver may declare: of one that nobody knows each case would be n/a.
    fn requires(&mut self, node: Option<&Node>) -> Vec<String> {
        let words = self.words(node, "requires");
        for text in node.and_then(Node::as_list).unwrap_or_default() {
            let Some(word) = text.as_text().filter(|word| !vocabulary::is_feature(word)) else {
                continue;
            };
            let known = vocabulary::features();
            let help = closest(word, known.iter().map(String::as_str)).map_or_else(
                || "docs/adapters.md lists them".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no feature `{word}`");
            self.error("unknown-value", message, &text.place).help = Some(help);
        }
        words
    }

    fn rules(&mut self, node: Option<&Node>) -> Vec<String> {
        let texts = self.texts(node, "rules");
        self.known_words(&texts, vocabulary::rules(), "wire rule");
        texts.into_iter().map(|text| text.value).collect()
    }

    /// Notes the words that are not in a table; an empty table knows them all.
    fn known_words(&mut self, texts: &[Located<String>], known: Vec<&str>, what: &str) {
        if known.is_empty() {
            return;
        }
        for text in texts {
            if !known.contains(&text.value.as_str()) {
                let help = closest(&text.value, known.iter().copied())
                    .map(|near| format!("did you mean `{near}`?"));
                let message = format!("there is no {what} `{}`", text.value);
                self.error("unknown-value", message, &text.place).help = help;
            }
        }
    }
}

fn is_version(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 8 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether a file is a part for `use`: its first key is `group`.
pub(in crate::scenario) fn is_part(node: &Node) -> bool {
    node.as_map()
        .is_some_and(|entries: &[Entry]| entries.first().is_some_and(|entry| entry.key == "group"))
}
