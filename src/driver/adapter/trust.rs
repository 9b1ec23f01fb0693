//! What a child process needs in its environment to trust an authority of ours, and nobody else less.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Variables that name a bundle which *replaces* the program's trust store.
const REPLACING: [&str; 3] = ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"];
/// The one that names a bundle which is added to it.
const ADDING: &str = "NODE_EXTRA_CA_CERTS";
/// Where systems keep the store that programs use when no variable names another.
const SYSTEM: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// Variables that may hold a live key or token: no child of the harness ever sees them.
pub const WITHHELD: [&str; 6] = [
    "ACS_CONNECTION_STRING",
    "COMMUNICATION_CONNECTION_STRING",
    "COMMUNICATION_SERVICES_CONNECTION_STRING",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_CLIENT_CERTIFICATE_PATH",
];

/// Files with the bundles, gone when this is dropped.
#[derive(Debug)]
pub struct Trust {
    folder: tempfile::TempDir,
    variables: Vec<(OsString, OsString)>,
}

impl Trust {
    /// Writes, for each variable, the bundle that the program would have used with our authority
    /// (PEM) appended, so that its other HTTPS traffic keeps working.
    ///
    /// # Errors
    ///
    /// When the files cannot be written.
    pub fn new(authority: &str) -> std::io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("acs-conformance-").tempdir()?;
        std::fs::write(folder.path().join("ca.pem"), authority)?;
        let mut variables = vec![no_proxy("NO_PROXY"), no_proxy("no_proxy")];
        for name in REPLACING {
            let before = given(name).or_else(system);
            variables.push(bundle(folder.path(), name, before, authority)?);
        }
        variables.push(bundle(folder.path(), ADDING, given(ADDING), authority)?);
        Ok(Self { folder, variables })
    }

    /// The authority alone.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What to set in the child's environment.
    pub fn variables(&self) -> &[(OsString, OsString)] {
        &self.variables
    }
}

fn bundle(
    folder: &Path,
    name: &str,
    before: Option<PathBuf>,
    authority: &str,
) -> std::io::Result<(OsString, OsString)> {
    let mut text = before.map(std::fs::read).and_then(Result::ok).unwrap_or_default();
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(authority.as_bytes());
    let path = folder.join(format!("{}.pem", name.to_lowercase()));
    std::fs::write(&path, text)?;
    Ok((name.into(), path.into()))
}

fn given(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_file())
}

fn system() -> Option<PathBuf> {
    SYSTEM.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// Loopback is never reached through a proxy.
fn no_proxy(name: &str) -> (OsString, OsString) {
    let before = std::env::var(name).ok().filter(|text| !text.is_empty());
    let all = before.into_iter().chain(["localhost,127.0.0.1,::1".to_owned()]);
    (name.into(), all.collect::<Vec<_>>().join(",").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundle_holds_our_authority_after_what_was_there_before() {
        let trust = Trust::new("OUR AUTHORITY\n").unwrap();
        for name in REPLACING.into_iter().chain([ADDING]) {
            let (_, path) = trust.variables().iter().find(|(key, _)| key == name).unwrap();
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.ends_with("OUR AUTHORITY\n"), "{name}");
            let before = given(name).or_else(|| (name != ADDING).then(system).flatten());
            let before = before.map(|path| std::fs::read_to_string(path).unwrap());
            assert!(text.starts_with(before.unwrap_or_default().trim_end()), "{name}");
        }
        assert_eq!(std::fs::read_to_string(trust.ca_file()).unwrap(), "OUR AUTHORITY\n");
    }
}
