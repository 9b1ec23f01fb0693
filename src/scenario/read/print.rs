//! `print`: a text, or a list of texts and loops of texts.

use super::super::model::{Print, PrintLine};
use super::super::tree::{Kind, Node};
use super::Reader;

impl Reader<'_> {
    pub(super) fn print(&mut self, node: Option<&Node>) -> Option<Print> {
        let node = node?;
        let lines = match &node.kind {
            Kind::List(items) => items.iter().filter_map(|item| self.print_line(item)).collect(),
            _ => self.print_line(node).into_iter().collect(),
        };
        Some(Print { lines })
    }

    fn print_line(&mut self, node: &Node) -> Option<PrintLine> {
        if !matches!(node.kind, Kind::Map(_)) {
            if matches!(node.kind, Kind::Text(_)) {
                return Some(PrintLine::Text(self.template(node)));
            }
            let message = format!("`print` takes text, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place);
            return None;
        }
        let fields = self.fields(node, "a loop of `print`", &["for_each", "as", "text"])?;
        let what = "a loop of `print`";
        let for_each = self.required(&fields, what, "for_each");
        let text = self.required(&fields, what, "text").map(|text| self.template(text));
        let for_each = self.for_each(for_each, fields.get("as"));
        let (for_each, text) = (for_each?, text?);
        Some(PrintLine::ForEach { items: for_each.items, variable: for_each.variable, text })
    }
}
