//! The reader: where mistakes are collected.

use std::sync::Arc;

use super::super::model::{Located, Part};
use super::super::{Diagnostic, Place};

/// Where the parts of `use` come from.
pub(in crate::scenario) trait PartSource {
    /// The part that `file` names, seen from the file that names it. `None` when it cannot be had;
    /// what is wrong is then in `diagnostics`, as it is when the part itself has errors.
    fn part(
        &mut self,
        file: &Located<String>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Part>>;
}

/// Reads one file's tree, noting every mistake.
pub(in crate::scenario) struct Reader<'a> {
    pub(in crate::scenario) diagnostics: Vec<Diagnostic>,
    pub(super) parts: &'a mut dyn PartSource,
}

impl<'a> Reader<'a> {
    pub(in crate::scenario) fn new(parts: &'a mut dyn PartSource) -> Self {
        Self { diagnostics: Vec::new(), parts }
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        place: &Place,
    ) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::error(code, message, place.clone()));
        // Just pushed: there is a last one.
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }
}
