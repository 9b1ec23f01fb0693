//! Options that every command on a live resource takes: whose, with which credentials, how.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::Utc;

use super::usage::{file_name, variable_name};
use crate::acs::secret::Mask;
use crate::driver::wire::Client;
use crate::exit::Exit;
use crate::report::describe::Redaction;
use crate::report::quoted;
use crate::target::courtesy::{Budget, Courtesy, Settings};
use crate::target::credentials::{Account, CredentialsError, Method, Source};
use crate::target::ledger::{Ledger, Shelf};
use crate::target::{Live, Passage};

/// Where the credentials come from. None of these options holds one: a list of processes would
/// show it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Live resource")]
pub struct AccountArgs {
    /// Variable that holds the connection string [default: ACS_CONNECTION_STRING]; the second
    /// key's is read from NAME_SECONDARY.
    #[arg(long, value_name = "NAME", value_parser = variable_name)]
    pub connection_string_env: Option<String>,
    /// File that holds the connection string, and on a second line that of the second key.
    #[arg(long, value_name = "FILE", value_parser = file_name(), conflicts_with = "connection_string_env")]
    pub connection_string_file: Option<PathBuf>,
    /// Entra ID instead of a key: client-secret, workload-identity, managed-identity, azure-cli.
    /// Reads AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_FEDERATED_TOKEN_FILE.
    #[arg(long, value_name = "METHOD", env = "ACS_AUTH", conflicts_with_all = ["connection_string_env", "connection_string_file"])]
    pub auth: Option<Method>,
    /// The resource's address, for --auth [default: ACS_ENDPOINT].
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// File that holds the client secret, for --auth client-secret [default: AZURE_CLIENT_SECRET].
    #[arg(long, value_name = "FILE", value_parser = file_name())]
    pub client_secret_file: Option<PathBuf>,
    /// PEM of an authority that is trusted beside the system's, for an endpoint with one of its
    /// own.
    #[arg(long, value_name = "FILE", value_parser = file_name())]
    pub ca_file: Option<PathBuf>,
}

impl AccountArgs {
    /// The PEM of `--ca-file`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    fn authorities(&self) -> anyhow::Result<Option<String>> {
        let Some(path) = &self.ca_file else { return Ok(None) };
        let pem = std::fs::read_to_string(path)
            .with_context(|| format!("the file {} of --ca-file cannot be read", path.display()))?;
        Ok(Some(pem))
    }

    /// The client that trusts the authorities of `--ca-file` beside the system's, and their PEM.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds none.
    pub fn client(&self) -> anyhow::Result<(Client, Option<String>)> {
        let pem = self.authorities()?;
        let client = Client::outside(pem.as_deref());
        let client = match &self.ca_file {
            None => client?,
            Some(path) => {
                client.with_context(|| format!("the file {} of --ca-file", path.display()))?
            }
        };
        Ok((client, pem))
    }

    /// The variables that hold the connection strings, where they are not the usual ones.
    pub fn variables(&self) -> impl Iterator<Item = OsString> + '_ {
        let named = self.connection_string_env.iter();
        named.flat_map(|name| [OsString::from(name), format!("{name}_SECONDARY").into()])
    }

    /// The options that say whose resource it is, for the command that runs a case alone.
    pub fn flags(&self) -> String {
        let file = |path: &PathBuf| path.display().to_string();
        let named = [
            ("connection-string-env", self.connection_string_env.clone()),
            ("connection-string-file", self.connection_string_file.as_ref().map(file)),
            ("auth", self.auth.map(|method| method.name().to_owned())),
            ("endpoint", self.endpoint.clone()),
            ("client-secret-file", self.client_secret_file.as_ref().map(file)),
            ("ca-file", self.ca_file.as_ref().map(file)),
        ];
        let given = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.map(|(name, value)| format!(" --{name} {}", quoted(&value))).collect()
    }

    /// Reads the credentials.
    ///
    /// # Errors
    ///
    /// When they are missing or malformed.
    pub fn account(&self, client: &Client) -> Result<Account, CredentialsError> {
        let source = Source {
            variable: self.connection_string_env.clone(),
            file: self.connection_string_file.clone(),
            method: self.auth,
            endpoint: self.endpoint.clone(),
            client_secret_file: self.client_secret_file.clone(),
        };
        source.account(&environment, client)
    }
}

/// How a live resource is treated.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Live resource")]
pub struct MannersArgs {
    /// Folder of the ledgers of what was created [default: the user's state folder].
    #[arg(long, value_name = "DIR", env = "ACS_LEDGER_DIR")]
    pub ledger: Option<PathBuf>,
    /// Requests a second, at most; 0 is no limit [default: 20].
    #[arg(long, value_name = "N", env = "ACS_RATE")]
    pub rate: Option<f64>,
    /// Requests that the run may send; undoing is not counted.
    #[arg(long, value_name = "N")]
    pub max_requests: Option<u64>,
    /// Rooms that the run may create.
    #[arg(long, value_name = "N")]
    pub max_rooms: Option<u64>,
    /// Users that the run may create.
    #[arg(long, value_name = "N")]
    pub max_users: Option<u64>,
}

impl MannersArgs {
    pub fn shelf(&self) -> Shelf {
        self.ledger.clone().map_or_else(|| Shelf::usual(environment), Shelf::new)
    }

    pub fn settings(&self) -> Settings {
        let usual = Settings::default();
        Settings {
            rate: match self.rate {
                None => usual.rate,
                Some(rate) => (rate > 0.0).then_some(rate),
            },
            budget: Budget {
                requests: self.max_requests,
                rooms: self.max_rooms,
                users: self.max_users,
            },
            ..usual
        }
    }
}

/// A live resource that is ready to be used: everything sent to it goes through one passage.
#[derive(Debug)]
pub struct Opened {
    pub account: Account,
    /// Without the passage.
    pub bare: Client,
    pub passage: Passage,
}

impl Opened {
    /// The client whose requests take the passage.
    pub fn client(&self) -> Client {
        self.bare.through(self.passage.clone())
    }

    /// What masks its secrets wherever something is written.
    pub fn redaction(&self) -> Redaction {
        Redaction::new(Mask::new(&self.account.secrets()))
    }
}

/// Reads the credentials and begins the ledger; sends nothing. An error is wrong usage, but for a
/// ledger that cannot be written.
///
/// # Errors
///
/// With the exit code and what to tell.
pub fn open(account: &AccountArgs, manners: &MannersArgs) -> Result<Opened, (Exit, String)> {
    let invalid = |why: String| (Exit::Invalid, why);
    let (bare, _) = account.client().map_err(|error| invalid(format!("{error:#}")))?;
    let account = account.account(&bare).map_err(|error| invalid(error.to_string()))?;
    is_proxied(account.endpoint()).map_err(invalid)?;
    let ledger = Ledger::begin(&manners.shelf(), account.endpoint(), Utc::now())
        .map_err(|error| (Exit::Harness, error.to_string()))?;
    let courtesy = Courtesy::new(manners.settings());
    let passage = Passage::new(courtesy, Some(ledger), account.primary().cloned());
    let opened = Opened { account, bare, passage };
    super::panics::mask(&opened.redaction());
    Ok(opened)
}

/// Opens a live resource for cases: it must answer, whatever it says.
///
/// # Errors
///
/// With the exit code and what to tell.
pub async fn open_target(
    account: &AccountArgs,
    manners: &MannersArgs,
) -> Result<(Live, Redaction), (Exit, String)> {
    let opened = open(account, manners)?;
    let redaction = opened.redaction();
    let live = Live::new(opened.account.clone(), opened.client());
    let Err(error) = live.reach().await else { return Ok((live, redaction)) };
    // Nothing was created: the ledger goes.
    if let Some(Err(error)) = opened.passage.ledger().map(Ledger::finish) {
        return Err((Exit::Harness, error.to_string()));
    }
    Err((Exit::Unreachable, redaction.text(&error.to_string())))
}

/// The process's environment.
pub fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether the environment names a proxy for this endpoint.
///
/// # Errors
///
/// When it names one that cannot be used, and that would be passed over in silence.
pub fn is_proxied(endpoint: &str) -> Result<bool, String> {
    let set = |names: &[&'static str]| {
        let set = names.iter().filter_map(|name| Some((*name, environment(name)?)));
        set.into_iter().find(|(_, value)| !value.is_empty())
    };
    let own = if endpoint.starts_with("https") {
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let host = endpoint.split_once("://").map_or(endpoint, |(_, authority)| authority);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let exempt = set(&["NO_PROXY", "no_proxy"]).is_some_and(|(_, list)| {
        list.to_string_lossy().split(',').map(str::trim).any(|entry| {
            let entry = entry.trim_start_matches('.');
            !entry.is_empty()
                && (entry == "*" || host == entry || host.ends_with(&format!(".{entry}")))
        })
    });
    let Some((name, value)) = set(&own).filter(|_| !exempt) else { return Ok(false) };
    if value.to_str().is_some_and(is_proxy) {
        return Ok(true);
    }
    // Its value may hold a password.
    Err(format!(
        "{name} names no proxy that can be used: it must be an address such as \
         http://proxy.example:8080; unset it, or exempt the host {host} in NO_PROXY"
    ))
}

/// Whether a client would take this as a proxy's address.
fn is_proxy(text: &str) -> bool {
    let address = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    reqwest::Url::parse(&address)
        .is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::is_proxy;

    #[test]
    fn a_proxy_is_an_address_with_a_host() {
        for good in ["http://proxy:8080", "proxy.example:3128", "https://u:p@proxy", "10.0.0.1:1"] {
            assert!(is_proxy(good), "{good}");
        }
        for bad in ["http://bad host:9", "http://", "proxy:port", "socks9://proxy:1"] {
            assert!(!is_proxy(bad), "{bad}");
        }
    }
}
