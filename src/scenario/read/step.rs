//! A step: what all kinds share.

use super::super::model::{Action, ForEach, Located, Step};
use super::super::suggest::closest;
use super::super::template::Template;
use super::super::tree::{Entry, Kind as NodeKind, Node};
use super::fields::listed;
use super::{Fields, Reader};

/// The kinds of step, by their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Call,
    Request,
    Wait,
    Advance,
    Group,
    Use,
}

const KINDS: [(&str, Kind); 6] = [
    ("call", Kind::Call),
    ("request", Kind::Request),
    ("wait", Kind::Wait),
    ("advance", Kind::Advance),
    ("group", Kind::Group),
    ("use", Kind::Use),
];

const CALL: [&str; 5] = ["op", "with", "api-version", "resource", "options"];
const REQUEST: [&str; 9] =
    ["method", "path", "query", "headers", "json", "text", "bytes", "auth", "resource"];
const WAIT: [&str; 7] = ["call", "request", "until", "fail_if", "interval", "backoff", "deadline"];
/// What steps that speak to the service have on top.
const SPEAKING: [&str; 11] = [
    "id",
    "name",
    "behaviours",
    "expect",
    "keep",
    "print",
    "for_each",
    "as",
    "unasserted",
    "faults",
    "timeout",
];
const WAITING: [&str; 9] =
    ["id", "name", "behaviours", "keep", "print", "for_each", "as", "faults", "timeout"];

impl Kind {
    const fn what(self) -> &'static str {
        match self {
            Self::Call => "a call",
            Self::Request => "a request",
            Self::Wait => "`wait`",
            Self::Advance => "`advance`",
            Self::Group => "a group",
            Self::Use => "`use`",
        }
    }

    /// Its members.
    pub(super) fn members(self) -> Vec<&'static str> {
        match self {
            Self::Call => [SPEAKING.as_slice(), &CALL].concat(),
            Self::Request => [SPEAKING.as_slice(), &REQUEST].concat(),
            Self::Wait => [WAITING.as_slice(), &WAIT].concat(),
            Self::Advance => vec!["by", "name"],
            Self::Group => vec!["name", "for_each", "as", "steps"],
            Self::Use => vec!["id", "name", "file", "with", "for_each", "as"],
        }
    }
}

impl Reader<'_> {
    pub(super) fn steps(&mut self, node: Option<&Node>) -> Vec<Step> {
        let Some(node) = node else { return Vec::new() };
        let NodeKind::List(items) = &node.kind else {
            let message = format!("`steps` must be a list, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place);
            return Vec::new();
        };
        if items.is_empty() {
            self.error("no-steps", "there are no steps", &node.place);
        }
        items.iter().filter_map(|item| self.step(item)).collect()
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let (kind, entry) = self.kind(node)?;
        if kind == Kind::Advance && !matches!(entry.value.kind, NodeKind::Map(_)) {
            return self.short_advance(node, entry);
        }
        let fields = self.fields(&entry.value, kind.what(), &kind.members())?;
        self.step_of(kind, &fields, &node.place)
    }

    /// `- advance: 5m`.
    fn short_advance(&mut self, node: &Node, entry: &Entry) -> Option<Step> {
        let by = Entry { key: "by".into(), ..entry.clone() };
        let long = Node { place: entry.value.place.clone(), kind: NodeKind::Map(vec![by]) };
        let fields = self.fields(&long, Kind::Advance.what(), &Kind::Advance.members())?;
        self.step_of(Kind::Advance, &fields, &node.place)
    }

    /// The one key of a step, which says its kind.
    fn kind<'n>(&mut self, node: &'n Node) -> Option<(Kind, &'n Entry)> {
        let names = KINDS.map(|(name, _)| name);
        let Some([entry]) = node.as_map() else {
            let message = "a step is a map of one key, which says its kind";
            let error = self.error("bad-step", message, &node.place);
            error.help = Some(format!("it is one of {}", listed(&names)));
            return None;
        };
        let kind = KINDS.iter().find(|(name, _)| *name == entry.key);
        if kind.is_none() {
            let help = closest(&entry.key, names).map_or_else(
                || format!("there are {}", listed(&names)),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no step `{}`", entry.key);
            self.error("unknown-step", message, &entry.key_place).help = Some(help);
        }
        kind.map(|(_, kind)| (*kind, entry))
    }

    fn step_of(
        &mut self,
        kind: Kind,
        fields: &Fields<'_>,
        place: &super::super::Place,
    ) -> Option<Step> {
        let mut action = self.action(kind, fields);
        let mut expect = self.expectations(fields.get("expect"));
        let behaviours = self.behaviours(fields.get("behaviours"));
        expect.iter_mut().for_each(|one| one.assert(&behaviours));
        if let Some(Action::Wait(wait)) = &mut action {
            wait.until.iter_mut().for_each(|one| one.assert(&behaviours));
        }
        let unasserted = self.text(fields.get("unasserted"), "unasserted");
        self.asserts(kind, fields);
        let keep = fields.get("keep").and_then(|keep| self.path(keep));
        let step = Step {
            place: place.clone(),
            id: self.identifier(fields.get("id")),
            name: self.text(fields.get("name"), "name"),
            action: action.unwrap_or_else(|| Action::Group(Vec::new())),
            for_each: self.for_each(fields.get("for_each"), fields.get("as")),
            expect,
            unasserted,
            keep,
            print: self.print(fields.get("print")),
            faults: self.faults(fields.get("faults"), "faults"),
            timeout: self.duration(fields.get("timeout"), "timeout"),
        };
        if let (None, Some(name)) = (fields.get("for_each"), fields.entry("as")) {
            let message = "`as` names the item of `for_each`, and there is none";
            self.error("contradiction", message, &name.key_place);
        }
        Some(step)
    }

    fn asserts(&mut self, kind: Kind, fields: &Fields<'_>) {
        if let (Some(_), Some(entry)) = (fields.entry("unasserted"), fields.entry("behaviours")) {
            let message = "a step that asserts nothing asserts no behaviour";
            self.error("contradiction", message, &entry.key_place);
        }
        if !matches!(kind, Kind::Call | Kind::Request) {
            return;
        }
        match (fields.get("expect"), fields.entry("unasserted")) {
            (None, None) => {
                let error =
                    self.error("asserts-nothing", "this step asserts nothing", fields.place);
                error.help = Some("add `expect`, or say why not: `unasserted: \"…\"`".into());
            }
            (Some(_), Some(entry)) => {
                let message = "`unasserted` says why a step asserts nothing, and this one does";
                self.error("contradiction", message, &entry.key_place);
            }
            _ => {}
        }
    }

    /// The call or request that a `wait` repeats.
    pub(super) fn repeated(&mut self, kind: Kind, entry: &Entry) -> Option<Step> {
        let known: &[&str] = if kind == Kind::Call { &CALL } else { &REQUEST };
        let fields = self.fields(&entry.value, "the step that `wait` repeats", known)?;
        let action = self.action(kind, &fields)?;
        Some(Step {
            place: entry.value.place.clone(),
            id: None,
            name: None,
            action,
            for_each: None,
            expect: Vec::new(),
            unasserted: None,
            keep: None,
            print: None,
            faults: Vec::new(),
            timeout: None,
        })
    }

    /// A name that expressions can use.
    pub(super) fn identifier(&mut self, node: Option<&Node>) -> Option<Located<String>> {
        let name = self.located_text(node, "id")?;
        self.check_name(&name).then_some(name)
    }

    pub(super) fn check_name(&mut self, name: &Located<String>) -> bool {
        let mut letters = name.value.chars();
        let fits = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let reserved = ["now", "uuid", "env", "api_version", "true", "false", "null", "resource"];
        if !fits {
            let message = format!("`{}` cannot be a name", name.value);
            self.error("bad-name", message, &name.place).help =
                Some("names have letters, digits and `_`, and begin with a letter".into());
        } else if reserved.contains(&name.value.as_str()) {
            let message = format!("`{}` has a meaning of its own in expressions", name.value);
            self.error("bad-name", message, &name.place).help = Some("take another name".into());
            return false;
        }
        fits
    }

    /// `for_each: "${list}"` with `as: name`, or `for_each: { name: [...] }`.
    pub(super) fn for_each(&mut self, node: Option<&Node>, name: Option<&Node>) -> Option<ForEach> {
        let node = node?;
        let (items, variable) = match (&node.kind, name) {
            (NodeKind::Map(entries), None) => {
                let [entry] = entries.as_slice() else {
                    let message = "`for_each` names one item: { name: [...] }";
                    self.error("wrong-type", message, &node.place);
                    return None;
                };
                let place = entry.key_place.clone();
                let name = Located { value: entry.key.clone(), place };
                (&entry.value, self.check_name(&name).then_some(name.value)?)
            }
            (_, Some(name)) => {
                let name = self.located_text(Some(name), "as")?;
                (node, self.check_name(&name).then_some(name.value)?)
            }
            (_, None) => (node, ForEach::ITEM.to_owned()),
        };
        self.loop_items(items).map(|items| ForEach { items, variable })
    }

    fn loop_items(&mut self, node: &Node) -> Option<Template> {
        let template = self.template(node);
        let fits = match &node.kind {
            NodeKind::List(items) => !items.is_empty(),
            NodeKind::Text(_) => template.as_literal().is_none(),
            _ => false,
        };
        if fits {
            return Some(template);
        }
        let message = "`for_each` needs a list with something in it";
        self.error("wrong-type", message, &node.place).help =
            Some("as in { role: [Presenter, Attendee] }, or \"${participants}\"".into());
        None
    }
}
