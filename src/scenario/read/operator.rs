//! The operators of matchers.

use std::sync::Arc;
use std::time::Duration;

use super::super::matcher::{
    Comparison, JsonType, Path, PathTemplate, PatternTemplate, TestTemplate,
};
use super::super::pattern::compile;
use super::super::tree::{Entry, Kind, Node};
use super::Reader;

/// All operators, in the order of the reference.
pub(in crate::scenario) const OPERATORS: [&str; 20] = [
    "equals",
    "matches",
    "contains",
    "any_of",
    "one_of",
    "all_of",
    "not",
    "exists",
    "absent",
    "type",
    "length",
    "gt",
    "ge",
    "lt",
    "le",
    "time",
    "exactly",
    "unordered",
    "jwt",
    "path",
];

pub(super) fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name)
}

impl Reader<'_> {
    pub(super) fn operator(&mut self, name: &str, entry: &Entry) -> Option<TestTemplate> {
        let node = &entry.value;
        Some(match name {
            "equals" => TestTemplate::Equals(self.template(node)),
            "matches" => TestTemplate::Matches(self.pattern(node)?),
            "contains" => TestTemplate::Contains(match &node.kind {
                Kind::List(_) => self.choices(node, name)?,
                _ => vec![self.matcher(node)],
            }),
            "any_of" => TestTemplate::AnyOf(self.choices(node, name)?),
            "one_of" => TestTemplate::OneOf(self.choices(node, name)?),
            "all_of" => TestTemplate::AllOf(self.choices(node, name)?),
            "unordered" => TestTemplate::Unordered(self.several(node, name)?),
            "not" => TestTemplate::Not(Box::new(self.matcher(node))),
            "exists" => TestTemplate::Exists(self.boolean(Some(node), name)?),
            "absent" => TestTemplate::Exists(!self.boolean(Some(node), name)?),
            "type" => TestTemplate::Type(self.types(node)?),
            "length" => {
                self.literal_length(node);
                TestTemplate::Length(Box::new(self.matcher(node)))
            }
            "gt" => TestTemplate::Compare(Comparison::Greater, self.comparable(node, name)?),
            "ge" => TestTemplate::Compare(Comparison::AtLeast, self.comparable(node, name)?),
            "lt" => TestTemplate::Compare(Comparison::Less, self.comparable(node, name)?),
            "le" => TestTemplate::Compare(Comparison::AtMost, self.comparable(node, name)?),
            "time" => self.time(node)?,
            "exactly" => TestTemplate::Exactly(Box::new(self.matcher(node))),
            "jwt" => {
                let _ = self.fields(node, "`jwt`", &["header", "claims"])?;
                TestTemplate::Jwt(Box::new(self.matcher(node)))
            }
            "path" => TestTemplate::Path(self.paths(node)?),
            _ => return None,
        })
    }

    fn several(
        &mut self,
        node: &Node,
        name: &str,
    ) -> Option<Vec<super::super::matcher::MatcherTemplate>> {
        if let Kind::List(items) = &node.kind {
            return Some(self.matchers(items));
        }
        let message = format!("`{name}` needs a list, not {}", node.kind_name());
        self.error("wrong-type", message, &node.place);
        None
    }

    /// A list with something in it: of nothing, nothing fits, or everything.
    fn choices(
        &mut self,
        node: &Node,
        name: &str,
    ) -> Option<Vec<super::super::matcher::MatcherTemplate>> {
        if node.as_list().is_some_and(<[Node]>::is_empty) {
            let message = format!("`{name}` needs a list with something in it");
            self.error("wrong-value", message, &node.place);
            return None;
        }
        self.several(node, name)
    }

    /// A regular expression, which is tried at once where it holds no `${…}`.
    fn pattern(&mut self, node: &Node) -> Option<PatternTemplate> {
        let text = self.text(Some(node), "matches")?;
        let template = self.template(node);
        let Some(literal) = template.as_literal() else {
            return Some(PatternTemplate::Later(template));
        };
        match compile(literal.as_str().unwrap_or(&text)) {
            Ok(regex) => Some(PatternTemplate::Ready(Arc::new(regex))),
            Err(why) => {
                let message = "this is no regular expression";
                self.error("bad-regex", message, &node.place).label = Some(why);
                None
            }
        }
    }

    fn types(&mut self, node: &Node) -> Option<Vec<JsonType>> {
        let choices = JsonType::ALL.map(|one| (one.name(), one));
        if let Kind::List(_) = &node.kind {
            let texts = self.texts(Some(node), "type");
            return texts.iter().map(|text| self.choose(text, "type", &choices)).collect();
        }
        self.choice(Some(node), "type", &choices).map(|one| vec![one])
    }

    /// A number or a time, or an expression that comes to one.
    fn comparable(&mut self, node: &Node, name: &str) -> Option<super::super::template::Template> {
        let template = self.template(node);
        let fits = match template.as_literal() {
            None => true,
            Some(value) => {
                value.is_number()
                    || value.as_str().is_some_and(|text| crate::acs::time::parse(text).is_some())
            }
        };
        if fits {
            return Some(template);
        }
        let message = format!("`{name}` compares with a number or a time");
        self.error("wrong-value", message, &node.place);
        None
    }

    /// A time, or an expression that comes to one.
    fn instant(&mut self, node: &Node, name: &str) -> Option<super::super::template::Template> {
        let template = self.template(node);
        let fits = template.as_literal().is_none_or(|value| {
            value.as_str().is_some_and(|it| crate::acs::time::parse(it).is_some())
        });
        if fits {
            return Some(template);
        }
        let message = format!("`{name}` must be a time, not {}", node.to_value());
        self.error("wrong-value", message, &node.place).help =
            Some("as in \"${now}\" or 2026-01-01T00:00:00Z".into());
        None
    }

    /// `time: "${now}"`, or `{ at: "${now}", within: 5s }`.
    fn time(&mut self, node: &Node) -> Option<TestTemplate> {
        if !matches!(node.kind, Kind::Map(_)) {
            let at = self.instant(node, "time")?;
            return Some(TestTemplate::Time { at, within: Duration::ZERO });
        }
        let fields = self.fields(node, "`time`", &["at", "within"])?;
        let at = self.required(&fields, "`time`", "at");
        let at = self.instant(at?, "at");
        let within = self.duration(fields.get("within"), "within").unwrap_or_default();
        Some(TestTemplate::Time { at: at?, within })
    }

    fn paths(
        &mut self,
        node: &Node,
    ) -> Option<Vec<(PathTemplate, super::super::matcher::MatcherTemplate)>> {
        let Kind::Map(entries) = &node.kind else {
            let message = format!("`path` needs a map of JSONPaths, not {}", node.kind_name());
            let error = self.error("wrong-type", message, &node.place);
            error.help = Some("as in `path: { \"$.value[0].id\": { exists: true } }`".into());
            return None;
        };
        let mut paths = Vec::new();
        for entry in entries {
            let key = Node { place: entry.key_place.clone(), kind: Kind::Text(entry.key.clone()) };
            let matcher = self.matcher(&entry.value);
            if let Some(path) = self.path(&key) {
                paths.push((path, matcher));
            }
        }
        Some(paths)
    }

    /// A JSONPath, which is tried at once where it holds no `${…}`.
    pub(super) fn path(&mut self, node: &Node) -> Option<PathTemplate> {
        let text = self.text(Some(node), "path")?;
        let template = self.template(node);
        if template.as_literal().is_none() {
            return Some(PathTemplate::Later(template));
        }
        match Path::parse(&text) {
            Ok(path) => Some(PathTemplate::Ready(path)),
            Err(why) => {
                let error = self.error("bad-jsonpath", "this is no JSONPath", &node.place);
                error.label = Some(why);
                error.help =
                    Some("JSONPaths are those of RFC 9535, as in `$.value[?@.id == 'x']`".into());
                None
            }
        }
    }
}
