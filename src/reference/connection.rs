//! How a client is opened: with which endpoint, credentials and trust.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::failure::Failure;
use super::mutant::Mutant;
use crate::acs::connection_string::ConnectionString;
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;
use crate::transcript::ErrorKind;

/// What a client is opened with.
#[derive(Clone)]
pub enum Opening {
    /// `endpoint=…;accesskey=…`
    ConnectionString(String),
    /// An endpoint, and an access key in base64.
    Key { endpoint: String, key: Secret },
    /// An endpoint, and a file that holds a bearer token.
    TokenFile { endpoint: String, path: PathBuf },
}

/// Where a client calls, and how it proves who it is.
pub(super) struct Connection {
    /// Scheme and authority, without a slash at its end.
    pub endpoint: String,
    pub credential: Credential,
}

pub(super) enum Credential {
    /// Shared with the caller, who may update it.
    Key(Mutex<Arc<AccessKey>>),
    /// Read whenever a token is needed.
    TokenFile(PathBuf),
}

impl Opening {
    pub(super) fn connect(&self, mutant: Mutant) -> Result<Connection, Failure> {
        match self {
            Self::ConnectionString(text) => from_text(text, mutant),
            Self::Key { endpoint, key } => {
                let endpoint = endpoint.trim_end_matches('/').to_owned();
                require_https(&endpoint, mutant)?;
                let key = AccessKey::from_base64(key.expose())
                    .map_err(|error| Failure::new(ErrorKind::Validation, error.to_string()))?;
                Ok(Connection { endpoint, credential: Credential::Key(Mutex::new(Arc::new(key))) })
            }
            Self::TokenFile { endpoint, path } => {
                let endpoint = endpoint.trim_end_matches('/').to_owned();
                require_https(&endpoint, mutant)?;
                Ok(Connection { endpoint, credential: Credential::TokenFile(path.clone()) })
            }
        }
    }
}

fn from_text(text: &str, mutant: Mutant) -> Result<Connection, Failure> {
    let parsed = ConnectionString::parse(text).map_err(|error| {
        let message = if mutant.breaks("LOG-3") {
            format!("invalid connection string: {text}")
        } else {
            error.to_string()
        };
        Failure::new(ErrorKind::Validation, message)
    })?;
    let endpoint = parsed.endpoint().to_owned();
    require_https(&endpoint, mutant)?;
    let key = Arc::new(parsed.key().clone());
    Ok(Connection { endpoint, credential: Credential::Key(Mutex::new(key)) })
}

/// Credentials do not go over plain http.
fn require_https(endpoint: &str, mutant: Mutant) -> Result<(), Failure> {
    if endpoint.starts_with("https://") || mutant.breaks("AUTH-9") {
        return Ok(());
    }
    Err(Failure::new(ErrorKind::Validation, format!("{endpoint} is no https endpoint")))
}

impl Connection {
    /// Host and port.
    pub fn authority(&self) -> &str {
        self.endpoint.split_once("://").map_or(&self.endpoint, |(_, authority)| authority)
    }

    /// Uses another key from the next request on.
    pub fn update_key(&self, key: AccessKey, mutant: Mutant) {
        if let Credential::Key(current) = &self.credential
            && !mutant.breaks("AUTH-7")
        {
            *current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        }
    }
}

impl Credential {
    /// The token, read anew each time: it may have been renewed.
    pub fn token(path: &PathBuf) -> Result<Secret, Failure> {
        std::fs::read_to_string(path).map(|text| Secret::new(text.trim())).map_err(|error| {
            Failure::new(ErrorKind::Auth, format!("no token can be read: {error}"))
        })
    }
}
