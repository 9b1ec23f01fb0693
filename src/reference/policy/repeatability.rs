//! Exactly once: what makes a create repeatable.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::acs::time;
use crate::reference::mutant::Mutant;
use crate::reference::transport::Outgoing;

const ID: &str = "repeatability-request-id";
const FIRST_SENT: &str = "repeatability-first-sent";

/// Once a call.
pub(in crate::reference) fn make_repeatable(
    request: &mut Outgoing,
    creates: bool,
    now: DateTime<Utc>,
    mutant: Mutant,
) {
    if creates || (mutant.breaks("REP-2") && request.method == "PATCH") {
        let id = Uuid::new_v4();
        let text = if mutant.breaks("REP-1") { id.simple().to_string() } else { id.to_string() };
        request.set(ID, text);
        request.set(FIRST_SENT, time::http_date(now));
    }
}

/// Before every attempt: both stay, unless the mutant has it otherwise.
pub(in crate::reference) fn repeat(request: &mut Outgoing, now: DateTime<Utc>, mutant: Mutant) {
    if mutant.breaks("REP-3") && request.headers.get(ID).is_some() {
        request.set(ID, Uuid::new_v4().to_string());
        request.set(FIRST_SENT, time::http_date(now));
    }
}
