//! The certificate authority of a run, and the leaf that every listener of the run shows.
//!
//! Made in a few milliseconds and shared by all worlds of a run. The recipe was accepted by
//! reqwest, Python 3.11 and 3.13, Node 20, Java 17 and curl; Python 3.13 refuses a CA without key
//! usage and a leaf without authority key identifier.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono::{Datelike, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The name that the CA carries as its common name.
const COMMON_NAME: &str = "acs-conformance emulator CA";
const CERTIFICATE_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca-key.pem";

/// A name that no DNS knows: whoever reaches the emulator by it came through a proxy.
pub const BEHIND_PROXY: &str = "behind-the-proxy.test";

/// A CA of our own with a leaf for `localhost`, `127.0.0.1` and `::1`. Clones share it.
#[derive(Clone)]
pub struct Authority(Arc<Inner>);

struct Inner {
    certificate_pem: String,
    names: Vec<String>,
    server: Arc<ServerConfig>,
    untrusted: OnceLock<Arc<ServerConfig>>,
    misnamed: OnceLock<Arc<ServerConfig>>,
    issuer: Issuer<'static, KeyPair>,
}

/// Why there is no certificate authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[error("'{name}' cannot be a host name of a certificate: {reason}")]
    Name { name: String, reason: rcgen::Error },
    #[error("cannot use the CA directory {}: {reason}", path.display())]
    Directory { path: PathBuf, reason: io::Error },
    #[error(
        "{} holds {} but not {}; put the missing file back, or delete both to have a new CA made",
        directory.display(), present, missing
    )]
    Half { directory: PathBuf, present: &'static str, missing: &'static str },
    #[error("{} is not a private key of ours: {reason}", path.display())]
    Key { path: PathBuf, reason: rcgen::Error },
    #[error("{} holds no certificate of the key beside it", path.display())]
    Foreign { path: PathBuf },
}

impl Authority {
    /// A new CA, kept in memory only.
    ///
    /// # Errors
    ///
    /// When the machine gives no random numbers.
    pub fn generate() -> Result<Self, AuthorityError> {
        Self::generate_for(&[])
    }

    /// A new CA whose leaf also holds `names` (host names or IP addresses).
    ///
    /// # Errors
    ///
    /// A name that no certificate can hold.
    pub fn generate_for(names: &[String]) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let certificate = authority_parameters().self_signed(&key)?;
        Self::from_parts(certificate.pem(), Issuer::new(authority_parameters(), key), names)
    }

    /// The CA kept in `directory`, made there on first use (its key with mode 0600).
    ///
    /// # Errors
    ///
    /// A directory that cannot be written, or that holds something else under the names
    /// `ca.pem` and `ca-key.pem`; nothing is overwritten then.
    pub fn in_directory(directory: &Path, names: &[String]) -> Result<Self, AuthorityError> {
        let certificate_path = directory.join(CERTIFICATE_FILE);
        let key_path = directory.join(KEY_FILE);
        match (certificate_path.exists(), key_path.exists()) {
            (true, true) => Self::read(&certificate_path, &key_path, names),
            (false, false) => Self::make_in(directory, names),
            (certificate, _) => {
                let (present, missing) = if certificate {
                    (CERTIFICATE_FILE, KEY_FILE)
                } else {
                    (KEY_FILE, CERTIFICATE_FILE)
                };
                Err(AuthorityError::Half { directory: directory.to_owned(), present, missing })
            }
        }
    }

    /// Where [`Authority::in_directory`] keeps the certificate.
    pub fn certificate_in(directory: &Path) -> PathBuf {
        directory.join(CERTIFICATE_FILE)
    }

    /// The CA's certificate alone, PEM.
    pub fn ca_pem(&self) -> &str {
        &self.0.certificate_pem
    }

    /// What a listener of this run speaks TLS with: HTTP/2 and HTTP/1.1 by ALPN.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0.server)
    }

    /// A good leaf of a CA that nobody was told to trust.
    ///
    /// # Errors
    ///
    /// When the machine gives no random numbers.
    pub fn untrusted_config(&self) -> Result<Arc<ServerConfig>, AuthorityError> {
        if let Some(config) = self.0.untrusted.get() {
            return Ok(Arc::clone(config));
        }
        let stranger = Self::generate_for(&self.0.names)?;
        Ok(Arc::clone(self.0.untrusted.get_or_init(|| stranger.server_config())))
    }

    /// A leaf of this CA for another host.
    ///
    /// # Errors
    ///
    /// When the machine gives no random numbers.
    pub fn misnamed_config(&self) -> Result<Arc<ServerConfig>, AuthorityError> {
        if let Some(config) = self.0.misnamed.get() {
            return Ok(Arc::clone(config));
        }
        let config = server_config(&self.0.issuer, &["elsewhere.invalid".to_owned()])?;
        Ok(Arc::clone(self.0.misnamed.get_or_init(|| config)))
    }

    fn from_parts(
        certificate_pem: String,
        issuer: Issuer<'static, KeyPair>,
        names: &[String],
    ) -> Result<Self, AuthorityError> {
        let mut all: Vec<String> =
            ["localhost", "127.0.0.1", "::1", BEHIND_PROXY].map(str::to_owned).into();
        all.extend(names.iter().filter(|name| !all.contains(name)).cloned().collect::<Vec<_>>());
        let server = server_config(&issuer, &all)?;
        Ok(Self(Arc::new(Inner {
            certificate_pem,
            names: all,
            server,
            untrusted: OnceLock::new(),
            misnamed: OnceLock::new(),
            issuer,
        })))
    }

    fn read(certificate: &Path, key: &Path, names: &[String]) -> Result<Self, AuthorityError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |reason| AuthorityError::Directory { path, reason }
        };
        let pem = fs::read_to_string(certificate).map_err(failed(certificate))?;
        let key_text = fs::read_to_string(key).map_err(failed(key))?;
        let pair = KeyPair::from_pem(&key_text)
            .map_err(|reason| AuthorityError::Key { path: key.to_owned(), reason })?;
        if !certifies(&pem, &pair) {
            return Err(AuthorityError::Foreign { path: certificate.to_owned() });
        }
        Self::from_parts(pem, Issuer::new(authority_parameters(), pair), names)
    }

    fn make_in(directory: &Path, names: &[String]) -> Result<Self, AuthorityError> {
        let failed = |reason| AuthorityError::Directory { path: directory.to_owned(), reason };
        let key = KeyPair::generate()?;
        let certificate = authority_parameters().self_signed(&key)?;
        fs::create_dir_all(directory).map_err(failed)?;
        write_private(&directory.join(KEY_FILE), &key.serialize_pem()).map_err(failed)?;
        fs::write(directory.join(CERTIFICATE_FILE), certificate.pem()).map_err(failed)?;
        Self::from_parts(certificate.pem(), Issuer::new(authority_parameters(), key), names)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("names", &self.0.names).finish_non_exhaustive()
    }
}

/// The same for a new CA and for one read back, so that leaves chain to either.
fn authority_parameters() -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, COMMON_NAME);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    limit_validity(&mut parameters, 3650);
    parameters
}

fn server_config(
    issuer: &Issuer<'static, KeyPair>,
    names: &[String],
) -> Result<Arc<ServerConfig>, AuthorityError> {
    let mut parameters = CertificateParams::default();
    for name in names {
        let alternative = CertificateParams::new([name.clone()])
            .map_err(|reason| AuthorityError::Name { name: name.clone(), reason })?;
        parameters.subject_alt_names.extend(alternative.subject_alt_names);
    }
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "acs-conformance emulator");
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    limit_validity(&mut parameters, 397);
    let key = KeyPair::generate()?;
    let leaf = parameters.signed_by(&key, issuer)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let chain: Vec<CertificateDer<'static>> = vec![leaf.der().clone()];
    let mut config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// From two days ago, for clients whose clock is behind, for `days` days.
fn limit_validity(parameters: &mut CertificateParams, days: i64) {
    let day = |distance: i64| {
        let date = (Utc::now() + TimeDelta::days(distance)).date_naive();
        let (month, day) = (u8::try_from(date.month()), u8::try_from(date.day()));
        rcgen::date_time_ymd(date.year(), month.unwrap_or(1), day.unwrap_or(1))
    };
    parameters.not_before = day(-2);
    parameters.not_after = day(days);
}

/// Whether the certificate holds the key's public half: its bytes occur in the DER.
fn certifies(pem: &str, key: &KeyPair) -> bool {
    use base64::Engine as _;
    use rcgen::PublicKeyData as _;
    let body: String =
        pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let Ok(der) = base64::engine::general_purpose::STANDARD.decode(body) else { return false };
    let public = key.der_bytes();
    der.windows(public.len()).any(|window| window == public)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_keeps_its_authority_and_its_key_private() {
        let directory = tempfile::tempdir().unwrap();
        let first = Authority::in_directory(directory.path(), &[]).unwrap();
        let second = Authority::in_directory(directory.path(), &["emulator.test".into()]).unwrap();
        assert_eq!(first.ca_pem(), second.ca_pem());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(directory.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_directory_with_one_file_missing_is_refused_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        Authority::in_directory(directory.path(), &[]).unwrap();
        fs::remove_file(directory.path().join(CERTIFICATE_FILE)).unwrap();
        let error = Authority::in_directory(directory.path(), &[]).unwrap_err().to_string();
        assert!(error.contains("holds ca-key.pem but not ca.pem"), "{error}");
        assert!(!directory.path().join(CERTIFICATE_FILE).exists());
    }

    #[test]
    fn the_certificate_of_another_key_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        Authority::in_directory(directory.path(), &[]).unwrap();
        let stranger = Authority::generate().unwrap();
        fs::write(directory.path().join(CERTIFICATE_FILE), stranger.ca_pem()).unwrap();
        assert!(matches!(
            Authority::in_directory(directory.path(), &[]),
            Err(AuthorityError::Foreign { .. })
        ));
    }

    #[test]
    fn a_name_that_no_certificate_can_hold_is_named_in_the_error() {
        let error = Authority::generate_for(&["grüße".into()]).unwrap_err().to_string();
        assert!(error.contains("'grüße'"), "{error}");
    }
}
