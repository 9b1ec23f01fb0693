//! Credentials: always verified, and why they were refused told to the developer.
//!
//! Pure: credentials, request and the machine's time in; the spelling that fitted or the reason of
//! the refusal out. The answer to a refusal is made by `emulator::service`.

mod bearer;
mod credentials;
mod refusal;
mod signature;
mod spelling;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

pub use bearer::{AUDIENCE, Issuer, TokenKind};
pub use credentials::Credentials;
pub use refusal::{Reason, Refusal};

use super::service::Request;

/// How a request was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    pub credential: Credential,
    /// The spelling of target and host that the signature fitted, such as `wire`, `decoded`,
    /// `form`, `wire,no-port`; none for a bearer token.
    pub form: Option<&'static str>,
}

/// What somebody proved to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    PrimaryKey,
    SecondaryKey,
    BearerToken,
}

/// Target and host in the spelling that a [`Fit`] names, for another authority. An unknown name
/// is the wire's own spelling.
pub fn spelt(form: &str, target: &str, authority: &str) -> (String, String) {
    spelling::spell(form, target, authority)
}

impl Credential {
    /// The word that exchanges use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrimaryKey => "primary",
            Self::SecondaryKey => "secondary",
            Self::BearerToken => "token",
        }
    }
}

/// Judges the credentials of a request. `machine_now` is the machine's time, never a virtual one:
/// real clients sign with the machine's clock.
///
/// # Errors
///
/// With the reason, and with the text that should have been signed where that is known.
pub fn verify(
    credentials: &Credentials,
    request: &Request,
    machine_now: DateTime<Utc>,
) -> Result<Fit, Refusal> {
    let Some(value) = request.headers.get(http::header::AUTHORIZATION) else {
        return Err(Refusal::of(Reason::NoCredentials));
    };
    let value = value.to_str().map_err(|_| Refusal::of(Reason::UnreadableHeader))?;
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return bearer::verify(credentials, rest.trim(), machine_now);
    }
    if !scheme.eq_ignore_ascii_case(crate::acs::signing::SCHEME) {
        return Err(Refusal::of(Reason::UnknownScheme));
    }
    signature::verify(credentials, request, rest.trim(), machine_now)
}
