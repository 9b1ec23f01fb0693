//! The exchange of a Teams user's token: its recorded refusals.
//!
//! No Entra tenant is emulated, so that there is no success. Claims of a token are read without a
//! check of its signature, to tell which of the recorded refusals is due.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Map, Value};

use super::answer::Reply;
use super::body::has_type;
use super::refusal::Refusal;
use super::request::Request;
use crate::acs::identifier::is_guid_shaped;
use crate::acs::request::JSON;
use crate::emulator::defect::{Defect, Defects};

/// Answers an exchange, always with a refusal.
pub(super) fn exchange(request: &Request, defects: Defects) -> Result<Reply, Refusal> {
    if !has_type(request, &[JSON]) {
        return Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(&request.body) else {
        return Err(Refusal::identity("The body is not a JSON object.", "$", false));
    };
    let text = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or_default();
    let (token, app, user) = (text("token"), text("appId"), text("userId"));
    if app.is_empty() {
        return Err(Refusal::identity("AppId: The AppId field is required.", "AppId", false));
    }
    // Recorded: an empty token is told before an empty user.
    if token.is_empty() && !defects.has(Defect::TeamsUserFirst) {
        return Err(invalid_token());
    }
    if !is_guid_shaped(app) && !defects.has(Defect::TeamsAppUnchecked) {
        return Err(Refusal::identity("Provided AppId has invalid format.", "appId", true));
    }
    if !is_guid_shaped(user) {
        return Err(Refusal::identity("Provided UserId has invalid format.", "userId", true));
    }
    let Some(claims) = claims(token) else { return Err(invalid_token()) };
    Err(refusal_of_claims(&claims, app, user))
}

fn refusal_of_claims(claims: &Map<String, Value>, app: &str, user: &str) -> Refusal {
    let differs = |claim: &str, given: &str| {
        claims
            .get(claim)
            .and_then(Value::as_str)
            .is_some_and(|held| !held.eq_ignore_ascii_case(given))
    };
    if differs("appid", app) || differs("azp", app) {
        return Refusal::identity("AAD application is not the expected one.", "appId", true);
    }
    if differs("oid", user) {
        return Refusal::identity("Provided AAD token issued for unexpected user.", "userId", true);
    }
    invalid_token()
}

/// Recorded without the headers of an action.
fn invalid_token() -> Refusal {
    let message = "Provided access token is not valid.";
    let error = crate::acs::ServiceError::new("InvalidAccessToken", message);
    Refusal::Model { status: StatusCode::UNAUTHORIZED, error }
}

fn claims(token: &str) -> Option<Map<String, Value>> {
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, _] = parts.as_slice() else { return None };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}
