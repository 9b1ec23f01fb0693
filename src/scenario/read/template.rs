//! Templates: any YAML, its texts taken apart at `${…}`.

use serde_json::Value;

use super::super::expression::{Misspelt, pieces};
use super::super::template::{Content, Piece, Template};
use super::super::tree::{Kind, Node};
use super::super::{Diagnostic, Place};
use super::Reader;

impl Reader<'_> {
    pub(super) fn template(&mut self, node: &Node) -> Template {
        let content = match &node.kind {
            Kind::Text(text) => self.content(text, &node.place),
            Kind::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.template(item)).collect();
                list(items)
            }
            Kind::Map(entries) => {
                let members: Vec<_> = entries
                    .iter()
                    .map(|entry| {
                        let key = self.key(&entry.key, &entry.key_place);
                        (key, self.template(&entry.value))
                    })
                    .collect();
                map(members)
            }
            _ => Content::Literal(node.to_value()),
        };
        Template { place: node.place.clone(), content }
    }

    pub(super) fn key(&mut self, text: &str, place: &Place) -> Template {
        Template { content: self.content(text, place), place: place.clone() }
    }

    fn content(&mut self, text: &str, place: &Place) -> Content {
        if !text.contains("${") {
            return Content::Literal(Value::from(text));
        }
        match pieces(text) {
            Ok(mut pieces) => match pieces.as_mut_slice() {
                [Piece::Expression(_)] => match pieces.pop() {
                    Some(Piece::Expression(expression)) => Content::Expression(expression),
                    _ => Content::Text(pieces),
                },
                [Piece::Text(plain)] => Content::Literal(Value::from(std::mem::take(plain))),
                _ => Content::Text(pieces),
            },
            Err(misspelt) => {
                let told = misspelt.into_iter().map(|one| of_misspelt(one, text, place));
                self.diagnostics.extend(told);
                Content::Literal(Value::from(text))
            }
        }
    }
}

fn of_misspelt(misspelt: Misspelt, text: &str, place: &Place) -> Diagnostic {
    let place = place.part(text, misspelt.range);
    Diagnostic::error("expression-syntax", misspelt.message, place).maybe_help(misspelt.help)
}

fn list(items: Vec<Template>) -> Content {
    let literals: Option<Vec<Value>> =
        items.iter().map(|item| item.as_literal().cloned()).collect();
    literals.map_or(Content::List(items), |values| Content::Literal(Value::Array(values)))
}

fn map(members: Vec<(Template, Template)>) -> Content {
    let literals = members
        .iter()
        .map(|(key, value)| {
            Some((key.as_literal()?.as_str()?.to_owned(), value.as_literal()?.clone()))
        })
        .collect::<Option<serde_json::Map<_, _>>>();
    literals.map_or(Content::Map(members), |members| Content::Literal(Value::Object(members)))
}
