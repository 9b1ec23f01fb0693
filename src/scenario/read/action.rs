//! The kinds of step: what each of them does.

use std::time::Duration;

use super::super::model::{Action, Body, Call, Located, Request, Use, Wait};
use super::super::suggest::closest;
use super::super::template::Template;
use super::super::tree::{Entry, Kind, Node};
use super::fields::{Fields, listed};
use super::{Reader, step::Kind as StepKind};
use crate::acs::{Argument, ArgumentKind, Operation};

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

impl Reader<'_> {
    pub(super) fn action(&mut self, kind: StepKind, fields: &Fields<'_>) -> Option<Action> {
        match kind {
            StepKind::Call => self.call(fields).map(Action::Call),
            StepKind::Request => {
                self.request(fields).map(|request| Action::Request(Box::new(request)))
            }
            StepKind::Wait => self.wait(fields).map(Action::Wait),
            StepKind::Advance => self.advance(fields).map(Action::Advance),
            StepKind::Group => {
                let steps = self.required(fields, "a group", "steps");
                Some(Action::Group(self.steps(steps)))
            }
            StepKind::Use => self.using(fields).map(Action::Use),
        }
    }

    fn call(&mut self, fields: &Fields<'_>) -> Option<Call> {
        let name = self.required(fields, "a call", "op");
        let name = self.located_text(name, "op");
        let operation = name.as_ref().and_then(|name| {
            let operation = Operation::from_name(&name.value);
            if operation.is_none() {
                self.unknown_operation(name);
            }
            operation
        });
        let arguments = self.template_map(fields.get("with"), "with");
        if let Some(operation) = operation {
            self.arguments(operation, &arguments, fields);
        }
        let resource = self.resource(fields);
        if let Some(options) = fields.get("options") {
            self.literal_options(options);
        }
        Some(Call {
            operation: operation?,
            arguments: arguments.into_iter().map(|(key, template, _)| (key, template)).collect(),
            api_version: self.maybe_template(fields, "api-version"),
            resource,
            options: self.maybe_template(fields, "options"),
        })
    }

    fn resource(&mut self, fields: &Fields<'_>) -> usize {
        self.whole(fields.get("resource"), "resource", 1)
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(1)
    }

    /// The members of a map of templates, with their entries.
    fn template_map<'n>(
        &mut self,
        node: Option<&'n Node>,
        key: &str,
    ) -> Vec<(String, Template, &'n Entry)> {
        let Some(node) = node else { return Vec::new() };
        let Kind::Map(entries) = &node.kind else {
            let message = format!("`{key}` must be a map, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place);
            return Vec::new();
        };
        entries
            .iter()
            .map(|entry| (entry.key.clone(), self.template(&entry.value), entry))
            .collect()
    }

    fn arguments(
        &mut self,
        operation: Operation,
        given: &[(String, Template, &Entry)],
        fields: &Fields<'_>,
    ) {
        let known = operation.arguments();
        for (name, template, entry) in given {
            match known.iter().find(|argument| argument.name == name) {
                Some(argument) => self.argument(operation, argument, template, entry),
                None => self.unknown_argument(operation, entry),
            }
        }
        for argument in known.iter().filter(|argument| argument.required) {
            if !given.iter().any(|(name, ..)| name == argument.name) {
                let message = format!("`{operation}` needs the argument `{}`", argument.name);
                let place = fields.get("op").map_or(fields.place, |op| &op.place);
                self.error("missing-argument", message, place).help =
                    Some(format!("{}: add it under `with`", argument.about));
            }
        }
    }

    fn unknown_argument(&mut self, operation: Operation, entry: &Entry) {
        let names: Vec<_> = operation.arguments().iter().map(|argument| argument.name).collect();
        let help = closest(&entry.key, names.iter().copied()).map_or_else(
            || {
                if names.is_empty() {
                    "it takes none".to_owned()
                } else {
                    format!("it takes {}", listed(&names))
                }
            },
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{operation}` has no argument `{}`", entry.key);
        self.error("unknown-argument", message, &entry.key_place).help = Some(help);
    }

    /// Checks what can be known before the expressions are worked out.
    fn argument(
        &mut self,
        operation: Operation,
        argument: &Argument,
        template: &Template,
        entry: &Entry,
    ) {
        let kind = &entry.value.kind;
        if template.as_literal().is_none() && matches!(kind, Kind::Text(_)) {
            return;
        }
        let fits = match (argument.kind, kind) {
            (_, Kind::Null) => true,
            (ArgumentKind::RoomId | ArgumentKind::UserId | ArgumentKind::Text, Kind::Text(_))
            | (ArgumentKind::Boolean, Kind::Bool(_)) => true,
            (ArgumentKind::Time, Kind::Text(text)) => crate::acs::time::parse(text).is_some(),
            // How many to take is the caller's own, never sent: less than none is a slip.
            (ArgumentKind::Integer, Kind::Number(number)) if argument.name == "take" => {
                number.is_u64()
            }
            (ArgumentKind::Integer, Kind::Number(number)) => number.is_i64() || number.is_u64(),
            (ArgumentKind::Scopes | ArgumentKind::UserIds, Kind::List(items)) => {
                items.iter().all(|item| matches!(item.kind, Kind::Text(_)))
            }
            (ArgumentKind::Participants, Kind::List(items)) => {
                items.iter().for_each(|item| self.participant(item));
                true
            }
            _ => false,
        };
        if !fits {
            let wanted = words(argument.kind);
            let message = format!(
                "`{}` of `{operation}` must be {wanted}, not {}",
                argument.name,
                entry.value.kind_name()
            );
            let message = match kind {
                Kind::Text(text) if argument.kind == ArgumentKind::Time => {
                    format!("`{}` of `{operation}` must be {wanted}, not \"{text}\"", argument.name)
                }
                Kind::Number(number) if argument.kind == ArgumentKind::Integer => {
                    let from = if argument.name == "take" { " from 0 on" } else { "" };
                    format!(
                        "`{}` of `{operation}` must be {wanted}{from}, not {number}",
                        argument.name
                    )
                }
                Kind::List(items)
                    if matches!(argument.kind, ArgumentKind::Scopes | ArgumentKind::UserIds) =>
                {
                    let odd = items.iter().find(|item| !matches!(item.kind, Kind::Text(_)));
                    let odd = odd.map_or("a list", Node::kind_name);
                    format!(
                        "`{}` of `{operation}` must be {wanted}, and an item is {odd}",
                        argument.name
                    )
                }
                _ => message,
            };
            let help = (argument.kind == ArgumentKind::Time)
                .then(|| "as in \"${now + 4w}\" or 2026-01-01T00:00:00Z; what is no time at all is sent with a `request`".to_owned());
            self.error("wrong-argument", message, &entry.value.place).help = help;
        }
    }

    fn participant(&mut self, node: &Node) {
        if matches!(node.kind, Kind::Text(_)) && node.as_text().is_some_and(|t| t.contains("${")) {
            return;
        }
        if let Some(fields) = self.fields(node, "a participant", &["id", "role"]) {
            let id = self.required(&fields, "a participant", "id");
            self.text(id, "id");
            if let Some(role) = fields.get("role")
                && !matches!(role.kind, Kind::Null)
            {
                self.text(Some(role), "role");
            }
        }
    }

    fn request(&mut self, fields: &Fields<'_>) -> Option<Request> {
        let method = self.required(fields, "a request", "method");
        let method = self.located_text(method, "method");
        if let Some(method) = &method
            && !METHODS.contains(&method.value.as_str())
            && METHODS.contains(&method.value.to_uppercase().as_str())
        {
            let message = format!("`{}` is no method", method.value);
            let upper = method.value.to_uppercase();
            self.error("unknown-value", message, &method.place).help =
                Some(format!("did you mean `{upper}`?"));
        }
        if let Some(method) = fields.get("method") {
            self.literal_method(method);
        }
        let path = self.required(fields, "a request", "path");
        let path = path.map(|path| {
            self.path_text(path);
            self.template(path)
        });
        let query = self.template_map(fields.get("query"), "query");
        let headers = self.template_map(fields.get("headers"), "headers");
        headers.iter().for_each(|(_, _, entry)| self.header_name(entry));
        Some(Request {
            body: self.body(fields),
            auth: self.auth(fields.get("auth")),
            resource: self.resource(fields),
            method: method?.value,
            path: path?,
            query: query.into_iter().map(|(key, template, _)| (key, template)).collect(),
            headers: headers.into_iter().map(|(key, template, _)| (key, template)).collect(),
        })
    }

    fn path_text(&mut self, node: &Node) {
        let text = self.text(Some(node), "path");
        if let Some(text) = text
            && !text.starts_with('/')
            && !text.starts_with("${")
            && text != "*"
        {
            let error = self.error("wrong-value", "`path` must begin with `/`", &node.place);
            error.help = Some(format!("write /{text}"));
        }
    }

    fn body(&mut self, fields: &Fields<'_>) -> Option<Body> {
        let given: Vec<_> =
            ["json", "text", "bytes"].into_iter().filter_map(|key| fields.entry(key)).collect();
        if let [_, second, ..] = given.as_slice() {
            let message = "a request has one body: `json`, `text` or `bytes`";
            self.error("contradiction", message, &second.key_place);
        }
        let entry = given.first()?;
        let template = self.template(&entry.value);
        Some(match entry.key.as_str() {
            "json" => Body::Json(template),
            "text" => Body::Text(template),
            _ => {
                self.literal_bytes(&entry.value);
                Body::Bytes(template)
            }
        })
    }

    fn wait(&mut self, fields: &Fields<'_>) -> Option<Wait> {
        let inner = match (fields.entry("call"), fields.entry("request")) {
            (Some(call), None) => Some((StepKind::Call, call)),
            (None, Some(request)) => Some((StepKind::Request, request)),
            (Some(_), Some(request)) => {
                let message = "`wait` repeats one step: a `call` or a `request`";
                self.error("contradiction", message, &request.key_place);
                None
            }
            (None, None) => {
                let message = "`wait` needs a `call` or a `request` to repeat";
                self.error("missing-key", message, fields.place);
                None
            }
        };
        let step = inner.and_then(|(kind, entry)| self.repeated(kind, entry));
        let until = self.required(fields, "`wait`", "until");
        let until = self.expectations(until);
        let fail_if = self.expectations(fields.get("fail_if"));
        let interval = self.duration(fields.get("interval"), "interval");
        let deadline = self.duration(fields.get("deadline"), "deadline");
        Some(Wait {
            step: Box::new(step?),
            until,
            fail_if,
            interval: interval.unwrap_or(Duration::from_millis(100)),
            backoff: self.backoff(fields.get("backoff")),
            deadline: deadline.unwrap_or(Duration::from_secs(10)),
        })
    }

    fn backoff(&mut self, node: Option<&Node>) -> f64 {
        let Some(node) = node else { return 1.0 };
        let factor = match &node.kind {
            Kind::Number(number) => number.as_f64().filter(|factor| *factor >= 1.0),
            _ => None,
        };
        factor.unwrap_or_else(|| {
            let message = "`backoff` must be a number from 1 on";
            self.error("wrong-value", message, &node.place);
            1.0
        })
    }

    fn advance(&mut self, fields: &Fields<'_>) -> Option<Template> {
        let by = self.required(fields, "`advance`", "by")?;
        if by.as_text().is_none() {
            self.duration(Some(by), "advance");
            return None;
        }
        let text = self.text(Some(by), "advance")?;
        if !text.contains("${") && crate::acs::time::parse_duration(&text).is_none() {
            let message = format!("`advance` needs a duration, not \"{text}\"");
            self.error("wrong-duration", message, &by.place).help =
                Some("durations are spelt `250ms`, `10s`, `1h30m`, `4w`".into());
        }
        Some(self.template(by))
    }

    fn using(&mut self, fields: &Fields<'_>) -> Option<Use> {
        let file = self.required(fields, "`use`", "file");
        let file = self.located_text(file, "file")?;
        let with = self.template_map(fields.get("with"), "with");
        let part = self.parts.part(&file, &mut self.diagnostics)?;
        self.parameters(&part.contract, &with, &file);
        let with = with.into_iter().map(|(key, template, _)| (key, template)).collect();
        Some(Use { file, with, part })
    }

    fn parameters(
        &mut self,
        contract: &super::super::model::GroupContract,
        given: &[(String, Template, &Entry)],
        file: &Located<String>,
    ) {
        let names: Vec<_> = contract.parameters.iter().map(|(name, _)| name.as_str()).collect();
        for (name, _, entry) in given {
            if !names.contains(&name.as_str()) {
                let help = closest(name, names.iter().copied()).map_or_else(
                    || match names.as_slice() {
                        [] => "it takes none".to_owned(),
                        names => format!("it takes {}", listed(names)),
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("`{}` has no parameter `{name}`", file.value);
                self.error("unknown-argument", message, &entry.key_place).help = Some(help);
            }
        }
        for (name, default) in &contract.parameters {
            if default.is_none() && !given.iter().any(|(given, ..)| given == name) {
                let message = format!("`{}` needs the parameter `{name}`", file.value);
                self.error("missing-argument", message, &file.place).help =
                    Some("add it under `with`".into());
            }
        }
    }
}

const fn words(kind: ArgumentKind) -> &'static str {
    match kind {
        ArgumentKind::RoomId => "a room id (text)",
        ArgumentKind::UserId => "a raw id (text)",
        ArgumentKind::Time => "a time",
        ArgumentKind::Boolean => "true or false",
        ArgumentKind::Integer => "a whole number",
        ArgumentKind::Text => "text",
        ArgumentKind::Scopes => "a list of scopes",
        ArgumentKind::Participants => "a list of { id, role }",
        ArgumentKind::UserIds => "a list of raw ids",
    }
}
