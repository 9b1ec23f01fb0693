//! The log of long-running subcommands: on standard error, filtered by `ACS_LOG`.

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings, and why requests were refused, unless `ACS_LOG` says otherwise.
pub fn start() {
    let filter = EnvFilter::try_from_env("ACS_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,acs_conformance=info"));
    // A second start, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
