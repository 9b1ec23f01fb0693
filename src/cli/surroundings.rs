//! What a program finds in its environment that runs against an emulator of ours: how to reach it,
//! how to trust it, and nothing of a live resource.

use tokio::process::Command;

use crate::emulator::{Emulator, TrustFiles, without_proxy};

/// Variables that may hold or lead to live credentials: no child of the harness ever sees them.
pub const WITHHELD: [&str; 12] = [
    "ACS_CONNECTION_STRING",
    "ACS_CONNECTION_STRING_SECONDARY",
    "ACS_ENDPOINT",
    "ACS_BEARER_TOKEN",
    "COMMUNICATION_SERVICES_CONNECTION_STRING",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "MSI_SECRET",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];

/// Gives a command the resources of an emulator, the first one's connection string under `names`
/// too, and the variables that make it trust the emulator's authority.
pub fn surround(command: &mut Command, emulator: &Emulator, trust: &TrustFiles, names: &[String]) {
    for name in WITHHELD {
        command.env_remove(name);
    }
    for (number, resource) in (1..).zip(emulator.resources()) {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let connection = resource.connection_string();
        command.env(format!("ACS_CONNECTION_STRING{suffix}"), connection.expose());
        command.env(format!("ACS_BEARER_TOKEN{suffix}"), resource.bearer_token().expose());
    }
    for name in names {
        command.env(name, emulator.connection_string().expose());
    }
    command.env("ACS_CA_BUNDLE", trust.ca_file());
    for (name, path) in trust.variables() {
        command.env(name, path);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, without_proxy(std::env::var(name).ok().as_deref()));
    }
}
