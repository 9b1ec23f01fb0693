//! `auth` of a raw request: how it is signed when not as it should be.

use super::super::model::Auth;
use super::super::tree::Node;
use super::{Fields, Reader};

const MEMBERS: [&str; 9] = [
    "key",
    "none",
    "bearer",
    "skew",
    "signed_body",
    "signed_headers",
    "spelling",
    "signed_target",
    "replay",
];
const SPELLINGS: [(&str, ()); 4] = [("wire", ()), ("decoded", ()), ("form", ()), ("no-port", ())];

impl Reader<'_> {
    pub(super) fn auth(&mut self, node: Option<&Node>) -> Auth {
        let Some(node) = node else { return Auth::default() };
        let Some(fields) = self.fields(node, "`auth`", &MEMBERS) else { return Auth::default() };
        let auth = Auth {
            key: self.maybe_template(&fields, "key"),
            none: self.boolean(fields.get("none"), "none").unwrap_or_default(),
            bearer: self.maybe_template(&fields, "bearer"),
            skew: self.maybe_template(&fields, "skew"),
            signed_body: self.maybe_template(&fields, "signed_body"),
            signed_headers: self.maybe_template(&fields, "signed_headers"),
            spelling: self.maybe_template(&fields, "spelling"),
            signed_target: self.maybe_template(&fields, "signed_target"),
            replay: self.boolean(fields.get("replay"), "replay").unwrap_or_default(),
        };
        self.literal_skew(&fields);
        if let Some(key) = fields.get("key") {
            self.literal_key(key);
        }
        if let Some(spelling) = &auth.spelling
            && spelling.as_literal().is_some()
        {
            self.choice(fields.get("spelling"), "spelling", &SPELLINGS);
        }
        if auth.none && node.as_map().is_some_and(|entries| entries.len() > 1) {
            let message = "`none` sends no credentials, so the others have no effect";
            self.error("contradiction", message, fields.place);
        }
        auth
    }

    pub(super) fn maybe_template(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
    ) -> Option<super::super::template::Template> {
        fields.get(key).map(|node| self.template(node))
    }

    fn literal_skew(&mut self, fields: &Fields<'_>) {
        let Some(node) = fields.get("skew") else { return };
        if node.as_text().is_none() {
            self.duration(Some(node), "skew");
            return;
        }
        let Some(text) = self.text(Some(node), "skew") else { return };
        let plain = text.strip_prefix(['-', '+']).unwrap_or(&text);
        if !text.contains("${") && crate::acs::time::parse_duration(plain).is_none() {
            let message = format!("`skew` must be a duration, not \"{text}\"");
            self.error("wrong-duration", message, &node.place).help =
                Some("as in `20m`, or `-20m` for a clock that is late".into());
        }
    }
}
