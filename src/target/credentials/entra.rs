//! Identities of Entra ID, by the official `azure_identity` crate over our own HTTP client.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport};
use azure_identity::{
    AzureCliCredential, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use super::CredentialsError;
use super::transport::Lent;
use crate::acs::Secret;
use crate::driver::wire::Client;

/// The scope that all four SDKs ask for, double slash included (measured).
pub const SCOPE: &str = "https://communication.azure.com//.default";

/// How long a token may take: an unreachable target is told within ten seconds.
const LIMIT: Duration = Duration::from_secs(9);

/// How an identity proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET` or a file of it.
    ClientSecret,
    /// A federated token in a file: Kubernetes, GitHub Actions over OIDC.
    WorkloadIdentity,
    /// The machine's own; `AZURE_CLIENT_ID` selects one that a user assigned.
    ManagedIdentity,
    /// Whoever is logged in with `az login`.
    AzureCli,
}

impl Method {
    pub const ALL: [Self; 4] =
        [Self::ClientSecret, Self::WorkloadIdentity, Self::ManagedIdentity, Self::AzureCli];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecret => "client-secret",
            Self::WorkloadIdentity => "workload-identity",
            Self::ManagedIdentity => "managed-identity",
            Self::AzureCli => "azure-cli",
        }
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|method| method.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("{text:?} is none of {names}")
        })
    }
}

/// An identity that tokens can be had for; it keeps them until shortly before they expire.
pub struct Entra {
    method: Method,
    credential: Arc<dyn TokenCredential>,
    secret: Option<Secret>,
}

impl fmt::Debug for Entra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entra").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Entra {
    /// # Errors
    ///
    /// When something that the method needs is not there. Nothing is sent yet.
    pub fn new(
        method: Method,
        environment: &dyn Fn(&str) -> Option<String>,
        secret: Option<Secret>,
        client: &Client,
    ) -> Result<Self, CredentialsError> {
        let name = method.name();
        let needed = |variable: &'static str| {
            environment(variable)
                .ok_or(CredentialsError::NoVariable { method: name, name: variable })
        };
        let options = lent(client);
        let credential: azure_core::Result<Arc<dyn TokenCredential>> = match method {
            Method::ClientSecret => {
                let (tenant, id) = (needed("AZURE_TENANT_ID")?, needed("AZURE_CLIENT_ID")?);
                let secret = secret.as_ref().ok_or(CredentialsError::NoVariable {
                    method: name,
                    name: "AZURE_CLIENT_SECRET (or --client-secret-file FILE)",
                })?;
                let options = ClientSecretCredentialOptions { client_options: options };
                let secret = azure_core::credentials::Secret::new(secret.expose().to_owned());
                ClientSecretCredential::new(&tenant, id, secret, Some(options))
                    .map(|credential| credential as _)
            }
            Method::WorkloadIdentity => {
                let workload = WorkloadIdentityCredentialOptions {
                    credential_options: ClientAssertionCredentialOptions {
                        client_options: options,
                    },
                    client_id: Some(needed("AZURE_CLIENT_ID")?),
                    tenant_id: Some(needed("AZURE_TENANT_ID")?),
                    token_file_path: Some(needed("AZURE_FEDERATED_TOKEN_FILE")?.into()),
                };
                WorkloadIdentityCredential::new(Some(workload)).map(|credential| credential as _)
            }
            Method::ManagedIdentity => {
                let managed = ManagedIdentityCredentialOptions {
                    user_assigned_id: environment("AZURE_CLIENT_ID").map(UserAssignedId::ClientId),
                    client_options: options,
                };
                ManagedIdentityCredential::new(Some(managed)).map(|credential| credential as _)
            }
            Method::AzureCli => AzureCliCredential::new(None).map(|credential| credential as _),
        };
        let credential = credential.map_err(|error| refused(method, &error))?;
        Ok(Self { method, credential, secret })
    }

    pub fn method(&self) -> Method {
        self.method
    }

    pub(super) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// # Errors
    ///
    /// When Entra ID, or what stands for it, gives none.
    pub async fn token(&self) -> Result<Secret, CredentialsError> {
        match tokio::time::timeout(LIMIT, self.credential.get_token(&[SCOPE], None)).await {
            Ok(Ok(token)) => Ok(Secret::new(token.token.secret().to_owned())),
            Ok(Err(error)) => Err(refused(self.method, &error)),
            Err(_) => {
                let why = format!("no answer within {} s", LIMIT.as_secs());
                Err(CredentialsError::Token { method: self.method.name(), why })
            }
        }
    }
}

fn lent(client: &Client) -> ClientOptions {
    let transport = Transport::new(Arc::new(Lent::new(client.http().clone())));
    let retry = ExponentialRetryOptions { max_retries: 1, ..ExponentialRetryOptions::default() };
    ClientOptions {
        transport: Some(transport),
        retry: RetryOptions::exponential(retry),
        ..ClientOptions::default()
    }
}

/// The crate's text, without its link to the troubleshooting of another program.
fn refused(method: Method, error: &azure_core::Error) -> CredentialsError {
    let text = error.to_string();
    let why = text.split("\nTo troubleshoot").next().unwrap_or_default().trim().to_owned();
    CredentialsError::Token { method: method.name(), why }
}
