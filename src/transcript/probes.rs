//! What a live run saw of assumed behaviours: confirmed, or not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a run observed. Cheap to clone; clones share it. Never changes a verdict.
#[derive(Debug, Clone, Default)]
pub struct Probes {
    /// By case and behaviour id: whether the service does what was assumed, every time.
    seen: Arc<Mutex<BTreeMap<(String, String), bool>>>,
}

impl Probes {
    /// Notes one look at an assumed behaviour; one that differs outweighs all that confirm it.
    pub fn note(&self, case: &str, behaviour: &str, confirmed: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = seen.entry((case.to_owned(), behaviour.to_owned())).or_insert(true);
        *entry &= confirmed;
    }

    /// What one case observed: `confirmed` or `differs`, by behaviour id.
    pub fn of_case(&self, case: &str) -> BTreeMap<String, String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter()
            .filter(|((of, _), _)| of == case)
            .map(|((_, id), confirmed)| (id.clone(), word(*confirmed).to_owned()))
            .collect()
    }

    /// A line for each behaviour, whatever the number of cases that looked at it.
    pub fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_id: BTreeMap<&str, bool> = BTreeMap::new();
        for ((_, id), confirmed) in seen.iter() {
            *by_id.entry(id).or_insert(true) &= confirmed;
        }
        by_id.iter().map(|(id, ok)| format!("assumed: {id} {}", word(*ok))).collect()
    }
}

const fn word(confirmed: bool) -> &'static str {
    if confirmed { "confirmed" } else { "differs" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assumption_is_confirmed_only_if_every_look_confirms_it() {
        let probes = Probes::default();
        probes.note("a", "create.x", true);
        probes.note("b", "create.x", false);
        probes.note("b", "create.x", true);
        probes.note("b", "create.y", true);
        assert_eq!(probes.lines(), ["assumed: create.x differs", "assumed: create.y confirmed"]);
        assert_eq!(probes.of_case("a").get("create.x").map(String::as_str), Some("confirmed"));
    }
}
