//! Arguments to library call to exit code.

use std::process::ExitCode;

use acs_conformance::cli::Cli;
use acs_conformance::exit::Exit;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::read().carry_out().await {
        Ok(exit) => exit.into(),
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            Exit::Harness.into()
        }
    }
}
