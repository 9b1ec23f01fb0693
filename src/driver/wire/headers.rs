//! The headers that the built-in client sends beside its credentials.

use crate::transcript::Headers;

/// `azsdk-<language>-<package>/<version> <platform>`, as the SDK guidelines ask.
pub fn user_agent() -> String {
    format!(
        "azsdk-rust-{}/{} ({}; {})",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

/// What every request carries; a new request id each time.
pub(super) fn common(agent: &str, content_type: Option<&str>) -> Headers {
    let mut headers = Headers(Vec::with_capacity(12));
    headers.push("accept", "application/json");
    headers.push("user-agent", agent);
    headers.push("x-ms-client-request-id", uuid::Uuid::new_v4().to_string());
    if let Some(content_type) = content_type {
        headers.push("content-type", content_type);
    }
    headers
}
