//! What makes a child process trust the emulator, and go on trusting what it trusted before.
//!
//! `REQUESTS_CA_BUNDLE`, `SSL_CERT_FILE` and `CURL_CA_BUNDLE` *replace* a client's trust, so each
//! is given the bundle that the child would have used, with our CA appended; `NODE_EXTRA_CA_CERTS`
//! adds to it. Owns the files; setting the environment belongs to whoever starts the child.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The variables that replace a client's trust.
const REPLACING: [&str; 3] = ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"];
/// The variable that adds to it.
const ADDING: &str = "NODE_EXTRA_CA_CERTS";

/// Where systems keep the bundle that their programs trust.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/opt/homebrew/etc/ca-certificates/cert.pem",
];

/// Certificate files for child processes, in a folder that is removed with this value.
#[derive(Debug)]
pub struct TrustFiles {
    // Held for its removal.
    _directory: TempDir,
    ca: PathBuf,
    variables: Vec<(&'static str, PathBuf)>,
}

impl TrustFiles {
    /// Writes the files. `environment` is what the child would find, as [`std::env::var_os`].
    ///
    /// # Errors
    ///
    /// A temporary folder that cannot be written. A bundle that cannot be read counts as absent,
    /// as it would for the child.
    pub fn write(ca_pem: &str, environment: impl Fn(&str) -> Option<OsString>) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("acs-conformance-").tempdir()?;
        let ca = directory.path().join("ca.pem");
        fs::write(&ca, ca_pem)?;
        let named = |name: &str| {
            let path = environment(name).filter(|path| !path.is_empty())?;
            fs::read_to_string(PathBuf::from(path)).ok()
        };
        let system = SYSTEM_BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let mut variables = Vec::new();
        for name in REPLACING.into_iter().chain([ADDING]) {
            let before = named(name).or_else(|| system.clone().filter(|_| name != ADDING));
            let path = match before {
                None => ca.clone(),
                Some(before) => {
                    let path = directory.path().join(format!("{}.pem", name.to_lowercase()));
                    fs::write(&path, format!("{}\n{ca_pem}", before.trim_end()))?;
                    path
                }
            };
            variables.push((name, path));
        }
        Ok(Self { _directory: directory, ca, variables })
    }

    /// Our CA alone.
    pub fn ca_file(&self) -> &Path {
        &self.ca
    }

    /// The trust variables with their files.
    pub fn variables(&self) -> &[(&'static str, PathBuf)] {
        &self.variables
    }
}

/// `NO_PROXY` with the loopback names added, so that no proxy is asked for the emulator.
pub fn without_proxy(current: Option<&str>) -> String {
    let mut hosts: Vec<&str> = current
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|host| !host.is_empty())
        .collect();
    for host in ["localhost", "127.0.0.1", "::1"] {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_named_by_the_environment_is_kept_and_ours_appended() {
        let own = tempfile::NamedTempFile::new().unwrap();
        fs::write(own.path(), "THEIRS\n").unwrap();
        let files = TrustFiles::write("OURS\n", |name| {
            (name == "SSL_CERT_FILE").then(|| own.path().as_os_str().to_owned())
        })
        .unwrap();
        let read = |name: &str| {
            let (_, path) = files.variables().iter().find(|(key, _)| *key == name).unwrap();
            fs::read_to_string(path).unwrap()
        };
        assert_eq!(read("SSL_CERT_FILE"), "THEIRS\nOURS\n");
        assert_eq!(read("NODE_EXTRA_CA_CERTS"), "OURS\n");
        assert!(read("REQUESTS_CA_BUNDLE").ends_with("OURS\n"));
        assert_eq!(fs::read_to_string(files.ca_file()).unwrap(), "OURS\n");
    }

    #[test]
    fn the_files_go_with_their_owner() {
        let files = TrustFiles::write("OURS\n", |_| None).unwrap();
        let path = files.ca_file().to_owned();
        assert!(path.exists());
        drop(files);
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn loopback_is_added_to_no_proxy_once() {
        assert_eq!(without_proxy(None), "localhost,127.0.0.1,::1");
        assert_eq!(without_proxy(Some("a.test, localhost")), "a.test,localhost,127.0.0.1,::1");
    }
}
