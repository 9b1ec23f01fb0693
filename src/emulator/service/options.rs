//! How a service is set up; nothing of it changes while it runs.

use crate::acs::ApiVersion;
use crate::emulator::defect::Defects;

/// The settings of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Scanned records a page of rooms, entries a page of participants.
    pub page_size: usize,
    /// Refuses what is let pass for the sake of shipping SDKs: unknown newer versions of Identity,
    /// `api-version=ApiVersion.V2025_03_13`.
    pub strict: bool,
    /// Continuation tokens with `+`, `/` and percent escapes, as the service's are.
    pub service_like_tokens: bool,
    /// Unknown versions that are answered as known ones: `(unknown, known)`.
    pub serve_as: Vec<(ApiVersion, ApiVersion)>,
    /// `https`, or `http` where somebody serves without TLS.
    pub scheme: &'static str,
    /// The port of the endpoint, for links to clients whose `Host` leaves it out.
    pub port: u16,
    /// Deliberate defects, for the proof that the scenarios notice them; none in any real use.
    #[doc(hidden)]
    pub defects: Defects,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            page_size: 30,
            strict: false,
            service_like_tokens: false,
            serve_as: Vec::new(),
            scheme: "https",
            port: 443,
            defects: Defects::NONE,
        }
    }
}
