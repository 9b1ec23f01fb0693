//! A resource's address with the credentials for it.

use std::sync::Arc;

use super::{CredentialsError, Entra};
use crate::acs::{AccessKey, ConnectionString, Secret};

/// Cheap to clone.
#[derive(Clone)]
pub struct Account {
    endpoint: String,
    authority: String,
    primary: Option<AccessKey>,
    secondary: Option<AccessKey>,
    entra: Option<Arc<Entra>>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Account {
    pub fn with_keys(string: &ConnectionString, secondary: Option<AccessKey>) -> Self {
        Self {
            endpoint: string.endpoint().to_owned(),
            authority: string.authority().to_owned(),
            primary: Some(string.key().clone()),
            secondary,
            entra: None,
        }
    }

    /// # Errors
    ///
    /// When the endpoint is no https address.
    pub fn with_entra(endpoint: &str, entra: Arc<Entra>) -> Result<Self, CredentialsError> {
        let url = reqwest::Url::parse(endpoint)
            .ok()
            .filter(reqwest::Url::has_host)
            .ok_or_else(|| CredentialsError::Endpoint { endpoint: endpoint.to_owned() })?;
        let address = url.origin().ascii_serialization();
        if url.scheme() != "https" {
            return Err(CredentialsError::Plain { endpoint: address });
        }
        let authority = address.trim_start_matches("https://").to_owned();
        let entra = Some(entra);
        Ok(Self { endpoint: address, authority, primary: None, secondary: None, entra })
    }

    /// Scheme and authority, without a slash at the end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Host, and port unless it is the scheme's own.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub fn primary(&self) -> Option<&AccessKey> {
        self.primary.as_ref()
    }

    /// The same resource with another key.
    #[must_use]
    pub fn with_primary(&self, key: AccessKey) -> Self {
        Self { primary: Some(key), ..self.clone() }
    }

    pub fn secondary(&self) -> Option<&AccessKey> {
        self.secondary.as_ref()
    }

    pub fn entra(&self) -> Option<&Arc<Entra>> {
        self.entra.as_ref()
    }

    /// A token that is good for now; `None` where keys are used.
    ///
    /// # Errors
    ///
    /// When none can be had.
    pub async fn token(&self) -> Result<Option<Secret>, CredentialsError> {
        match &self.entra {
            Some(entra) => entra.token().await.map(Some),
            None => Ok(None),
        }
    }

    /// What must never be written: both keys, a client secret.
    pub fn secrets(&self) -> Vec<Secret> {
        let keys = [self.primary(), self.secondary()].into_iter().flatten();
        let mut secrets: Vec<Secret> = keys.map(|key| key.text().clone()).collect();
        secrets.extend(self.entra.as_ref().and_then(|entra| entra.secret().cloned()));
        secrets
    }
}
