//! What proves who is calling: a signature, or a token; made anew for every attempt.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;

use crate::acs::{signing, time};
use crate::reference::connection::{Connection, Credential};
use crate::reference::failure::Failure;
use crate::reference::mutant::Mutant;
use crate::reference::transport::{Answer, Outgoing};

const SIGNED: &str = "x-ms-date;host;x-ms-content-sha256";
const HASH: &str = "x-ms-content-sha256";

/// Proves the request's origin. Requests to another origin than the client's get no proof.
pub(in crate::reference) fn authenticate(
    request: &mut Outgoing,
    connection: &Connection,
    first_attempt: bool,
    now: DateTime<Utc>,
    mutant: Mutant,
) -> Result<(), Failure> {
    let home = request.authority() == connection.authority();
    if !home && !mutant.breaks("PAG-7") {
        return Ok(());
    }
    match &connection.credential {
        Credential::TokenFile(path) => {
            let token = Credential::token(path)?;
            if mutant.breaks("AUTH-8") && first_attempt {
                request.target = format!("{}&access_token={}", request.target, token.expose());
            }
            request.set("authorization", format!("Bearer {}", token.expose()));
        }
        Credential::Key(key) => {
            if !first_attempt && mutant.breaks("AUTH-3") {
                return Ok(());
            }
            let key = key.lock().unwrap_or_else(PoisonError::into_inner).clone();
            sign(request, &key, first_attempt, now, mutant);
        }
    }
    Ok(())
}

fn sign(
    request: &mut Outgoing,
    key: &signing::AccessKey,
    first_attempt: bool,
    now: DateTime<Utc>,
    mutant: Mutant,
) {
    let date = time::http_date(now);
    let hash = signing::content_hash(&request.body);
    let mut host = request.authority().to_owned();
    if mutant.breaks("AUTH-5") && request.method == "DELETE" {
        host = format!("{host}:443");
        request.set("host", host.clone());
    }
    let target = if mutant.breaks("AUTH-2") {
        percent_decode_str(&request.target).decode_utf8_lossy().into_owned()
    } else {
        request.target.clone()
    };
    let (names, values) = if mutant.breaks("AUTH-1") {
        ("host;x-ms-date;x-ms-content-sha256", [host.as_str(), &date, &hash])
    } else {
        (SIGNED, [date.as_str(), &host, &hash])
    };
    let text = signing::string_to_sign(request.method, &target, &values);
    request.set("x-ms-date", date.clone());
    if !first_attempt && mutant.breaks("AUTH-4") {
        request.headers.push(HASH, hash.clone());
    } else {
        request.set(HASH, hash.clone());
    }
    request.set("authorization", signing::authorization(names, &key.sign(&text)));
}

/// Whether an answer asks for another token.
pub(in crate::reference) fn is_challenge(
    answer: &Answer,
    connection: &Connection,
    mutant: Mutant,
) -> bool {
    let bearer = matches!(connection.credential, Credential::TokenFile(_));
    let asks = answer.headers.get("www-authenticate").is_some_and(|v| v.starts_with("Bearer"));
    bearer && answer.status == 401 && asks && !mutant.breaks("AUTH-6")
}
