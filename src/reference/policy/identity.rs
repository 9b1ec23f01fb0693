//! Who is calling: request id and user agent.

use uuid::Uuid;

use crate::reference::mutant::Mutant;
use crate::reference::options::ClientOptions;
use crate::reference::transport::Outgoing;

const REQUEST_ID: &str = "x-ms-client-request-id";
/// The longest application id that is sent.
const LONGEST_APPLICATION_ID: usize = 24;

/// A request's id: the caller's, or a new one.
pub(in crate::reference) fn identify(request: &mut Outgoing, given: Option<&str>, mutant: Mutant) {
    let id = given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    let id = if mutant.breaks("ID-1") { format!("{{{id}}}") } else { id };
    request.set(REQUEST_ID, id);
}

/// Before every attempt: the id stays, unless the mutant has it otherwise.
pub(in crate::reference) fn identify_attempt(request: &mut Outgoing, mutant: Mutant) {
    if mutant.breaks("ID-2") {
        request.set(REQUEST_ID, Uuid::new_v4().to_string());
    }
}

/// The user agent: application id, package and version, platform.
pub(in crate::reference) fn introduce(
    request: &mut Outgoing,
    options: &ClientOptions,
    mutant: Mutant,
) {
    let version = env!("CARGO_PKG_VERSION");
    let package = if mutant.breaks("ID-3") {
        format!("reference-client/{version}")
    } else {
        format!("azsdk-rust-reference-client/{version}")
    };
    let platform = format!("({}; {})", std::env::consts::OS, std::env::consts::ARCH);
    let mut agent = format!("{package} {platform}");
    if let Some(id) = options.application_id.as_ref().filter(|_| !mutant.breaks("ID-4")) {
        let short: String = id.chars().take(LONGEST_APPLICATION_ID).collect();
        agent = format!("{short} {agent}");
    }
    if mutant.breaks("ID-5") {
        let path = request.target.split('?').next().unwrap_or_default();
        agent = format!("{agent} {}", path.trim_start_matches('/'));
    }
    request.set("user-agent", agent);
}
