//! Arguments to library call to exit code.

use std::process::ExitCode;

use acs_conformance::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::main().await.into()
}
