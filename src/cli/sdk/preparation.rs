//! An adapter's command with the environment that its process gets.

use std::ffi::OsString;

use super::super::surroundings::WITHHELD;
use crate::driver::adapter::{Command, CommandError};
use crate::emulator::{TrustFiles, without_proxy};

/// An adapter that trusts our authority and knows nothing of live resources.
///
/// # Errors
///
/// A command line that cannot be cut into words.
pub fn prepare(text: &str, trust: &TrustFiles) -> Result<Command, CommandError> {
    let mut command = Command::parse(text)?;
    let trusted = trust.variables().iter().map(|(name, path)| (OsString::from(name), path.into()));
    let direct = ["NO_PROXY", "no_proxy"].map(|name| {
        let now = std::env::var(name).ok();
        (OsString::from(name), without_proxy(now.as_deref()).into())
    });
    command.environment = trusted.chain(direct).collect();
    command.withheld = WITHHELD.map(Into::into).to_vec();
    Ok(command)
}
