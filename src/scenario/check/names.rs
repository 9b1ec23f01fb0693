//! The names that are known at a point of a file.

use super::super::{Diagnostic, Place};
use super::walk::LOOP;

/// Names with their places, and whether anything read them.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
}

#[derive(Debug)]
struct Name {
    name: String,
    place: Place,
    what: &'static str,
    used: bool,
    /// Whether it can still be read: the variable of a loop ends with the loop.
    open: bool,
}

impl Names {
    /// Adds a name; one that is known already is noted.
    pub(super) fn define(
        &mut self,
        name: &str,
        place: &Place,
        what: &'static str,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        if let Some(first) = self.names.iter().find(|known| known.open && known.name == name) {
            let message = format!("`{name}` is given twice");
            diagnostics.push(
                Diagnostic::error("duplicate-id", message, place.clone())
                    .related(first.place.clone(), "first given here"),
            );
            return;
        }
        self.names.push(Name {
            name: name.to_owned(),
            place: place.clone(),
            what,
            used: false,
            open: true,
        });
    }

    /// Whether the name is known; it counts as used from now on.
    pub(super) fn read(&mut self, name: &str) -> bool {
        let known = self.names.iter_mut().find(|known| known.open && known.name == name);
        match known {
            Some(known) => {
                known.used = true;
                true
            }
            None => false,
        }
    }

    /// Ends a name, as a loop's end does.
    pub(super) fn close(&mut self, name: &str) {
        if let Some(known) = self.names.iter_mut().rev().find(|known| known.name == name) {
            known.open = false;
        }
    }

    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter(|name| name.open).map(|name| name.name.as_str())
    }

    /// A loop may also count, so that its variable need not be read.
    pub(super) fn unused(&self) -> Vec<(String, Place, &'static str)> {
        self.names
            .iter()
            .filter(|name| !name.used && name.what != LOOP)
            .map(|name| (name.name.clone(), name.place.clone(), name.what))
            .collect()
    }
}
