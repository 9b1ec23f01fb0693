//! The first two lines: endpoint and credentials, as they were given.

use super::Finding;
use crate::exit::Exit;
use crate::target::credentials::{Account, CredentialsError};

/// Names of the ten lines, in order.
pub(super) const LINES: [&str; 10] = [
    "endpoint",
    "credentials",
    "DNS",
    "TLS",
    "clock",
    "signature",
    "identity",
    "rooms",
    "api-versions",
    "rate",
];

/// Endpoint and credentials of an account that could be read.
pub fn credentials(account: &Account) -> Vec<Finding> {
    vec![endpoint(account), proof(account)]
}

/// All ten lines when there are no credentials at all.
pub fn unusable(error: &CredentialsError) -> Vec<Finding> {
    let mut findings = vec![Finding::ill(LINES[0], Exit::Invalid, error.to_string())];
    findings.extend(LINES.into_iter().skip(1).map(Finding::unseen));
    findings
}

fn endpoint(account: &Account) -> Finding {
    let endpoint = account.endpoint();
    if endpoint.starts_with("http://") {
        let text = format!("{endpoint}: plain http, which most SDKs refuse");
        return Finding::remark(LINES[0], text);
    }
    let host = account.authority().split(':').next().unwrap_or_default();
    let azure = [".communication.azure.com", ".communication.azure.us"];
    if azure.iter().any(|suffix| host.ends_with(suffix)) {
        return Finding::well(LINES[0], endpoint);
    }
    Finding::remark(LINES[0], format!("{endpoint}: no host of Azure's, an emulator perhaps"))
}

fn proof(account: &Account) -> Finding {
    if let Some(entra) = account.entra() {
        let text = format!("Entra ID by {}", entra.method().name());
        return Finding::well(LINES[1], text);
    }
    let Some(primary) = account.primary() else {
        return Finding::ill(LINES[1], Exit::Invalid, "none");
    };
    let length = primary.text().expose().chars().count();
    let second = match account.secondary() {
        Some(key) if key.text() == primary.text() => ", and the same again as second key",
        Some(_) => ", and a second one",
        None => ", no second one",
    };
    Finding::well(LINES[1], format!("an access key of {length} characters of base64{second}"))
}
