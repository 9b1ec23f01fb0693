//! What a caller may ask of a client and of a call.

use std::time::Duration;

/// Options of a client. The defaults are those of the Azure SDK guidelines.
#[derive(Debug, Clone, Default)]
pub struct ClientOptions {
    pub api_version: Option<String>,
    /// Leads the `User-Agent`; at most 24 characters.
    pub application_id: Option<String>,
    pub retry: Retry,
    /// Limit of one attempt.
    pub timeout: Option<Duration>,
    /// Whether requests and answers are logged.
    pub logs: bool,
    pub tracing: bool,
}

/// When a request is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// Attempts beyond the first.
    pub max_retries: u32,
    pub delay: Duration,
    pub max_delay: Duration,
    /// The delay doubles each time; else it stays.
    pub exponential: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_retries: 3,
            delay: Duration::from_millis(800),
            max_delay: Duration::from_secs(60),
            exponential: true,
        }
    }
}

/// Options of one call.
#[derive(Debug, Clone, Default)]
pub struct CallOptions {
    /// The caller gives up after this long.
    pub cancel_after: Option<Duration>,
    pub client_request_id: Option<String>,
    /// After so many pages the list is begun anew from where it stands; only what follows is given.
    pub resume_after: Option<usize>,
}
