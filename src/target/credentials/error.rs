//! Why there are no credentials. No message holds a value that could be one.

use std::path::PathBuf;

use crate::acs::ConnectionStringError;

/// What is missing or wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error(
        "{name} is not set. Put the resource's connection string there (Azure portal: Keys), name \
         another variable with --connection-string-env NAME, or a file with \
         --connection-string-file FILE; for Entra ID use --auth METHOD and --endpoint URL"
    )]
    NoConnectionString { name: String },
    #[error("{name} is no text: it holds bytes that are not UTF-8; set it anew")]
    NotText { name: String },
    #[error("{place}: {error}")]
    ConnectionString { place: String, error: ConnectionStringError },
    #[error("the file {path} cannot be read: {why}", path = path.display())]
    File { path: PathBuf, why: String },
    #[error(
        "{first} and {second} are for different resources: {first} is for {endpoint}, the second \
         key must be of the same"
    )]
    TwoResources { first: String, second: String, endpoint: String },
    #[error("--auth {method} needs the resource's address: --endpoint URL, or ACS_ENDPOINT")]
    NoEndpoint { method: &'static str },
    #[error(
        "the endpoint {endpoint:?} is no address such as https://contoso.communication.azure.com"
    )]
    Endpoint { endpoint: String },
    #[error("tokens go over https only, and {endpoint} is not")]
    Plain { endpoint: String },
    #[error("--auth {method} needs {name} in the environment")]
    NoVariable { method: &'static str, name: &'static str },
    #[error("no token could be had by {method}: {why}")]
    Token { method: &'static str, why: String },
}
