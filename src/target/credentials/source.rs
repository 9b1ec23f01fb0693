//! Where the credentials come from.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Account, CredentialsError, Entra, Method};
use crate::acs::{ConnectionString, Secret};
use crate::driver::wire::Client;

/// The variable that the SDKs' samples use.
const USUAL: &str = "ACS_CONNECTION_STRING";

/// What the command line says about credentials: names of places, never the credentials.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The variable that holds the connection string; the second key's is `<NAME>_SECONDARY`.
    pub variable: Option<String>,
    /// A file that holds the connection string, and on a second line that of the second key.
    pub file: Option<PathBuf>,
    /// Entra ID instead of a key.
    pub method: Option<Method>,
    /// The resource's address, for Entra ID; else `ACS_ENDPOINT`.
    pub endpoint: Option<String>,
    /// A file that holds the client secret; else `AZURE_CLIENT_SECRET`.
    pub client_secret_file: Option<PathBuf>,
}

impl Source {
    /// Reads the credentials. `client` is what tokens are fetched with.
    ///
    /// # Errors
    ///
    /// When they are missing or malformed; which part is wrong is said, and no value shown.
    pub fn account(
        &self,
        environment: &dyn Fn(&str) -> Option<OsString>,
        client: &Client,
    ) -> Result<Account, CredentialsError> {
        match self.method {
            Some(method) => self.entra(method, environment, client),
            None => self.keys(environment),
        }
    }

    fn keys(
        &self,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Account, CredentialsError> {
        let (first, second) = match &self.file {
            Some(path) => {
                let text = read(path)?;
                let name = path.display();
                let (first, second) = two_lines(text.expose());
                let second = second.map(|text| (format!("{name}, line 2"), text));
                ((name.to_string(), first), second)
            }
            None => {
                let name = self.variable.as_deref().unwrap_or(USUAL).to_owned();
                if environment(&name).is_some_and(|value| value.to_str().is_none()) {
                    return Err(CredentialsError::NotText { name });
                }
                let Some(text) = text_of(environment, &name) else {
                    return Err(CredentialsError::NoConnectionString { name });
                };
                let other = format!("{name}_SECONDARY");
                let second = text_of(environment, &other);
                ((name, text), second.map(|text| (other, text)))
            }
        };
        two_keys(first, second)
    }

    fn entra(
        &self,
        method: Method,
        environment: &dyn Fn(&str) -> Option<OsString>,
        client: &Client,
    ) -> Result<Account, CredentialsError> {
        let endpoint = self
            .endpoint
            .clone()
            .or_else(|| text_of(environment, "ACS_ENDPOINT"))
            .ok_or(CredentialsError::NoEndpoint { method: method.name() })?;
        let secret = match (&self.client_secret_file, method) {
            (Some(path), Method::ClientSecret) => {
                Some(Secret::new(read(path)?.expose().trim().to_owned()))
            }
            (None, Method::ClientSecret) => {
                text_of(environment, "AZURE_CLIENT_SECRET").map(Secret::new)
            }
            _ => None,
        };
        let variable = |name: &str| text_of(environment, name);
        let entra = Entra::new(method, &variable, secret, client)?;
        Account::with_entra(&endpoint, Arc::new(entra))
    }
}

/// Both connection strings of a file: its first two lines, or, as the emulator's own env file has
/// them, those of the usual variables among others.
fn two_lines(text: &str) -> (String, Option<String>) {
    let text = text.trim_start_matches('\u{feff}');
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let of = |name: &str| {
        let value = lines().find_map(|line| {
            let line = line.strip_prefix("export ").unwrap_or(line);
            line.strip_prefix(name)?.strip_prefix('=')
        })?;
        Some(value.trim_matches(['"', '\'']).to_owned())
    };
    match of(USUAL) {
        Some(first) => (first, of(&format!("{USUAL}_SECONDARY"))),
        None => (lines().next().unwrap_or_default().to_owned(), lines().nth(1).map(str::to_owned)),
    }
}

type Named = (String, String);

fn two_keys((place, text): Named, second: Option<Named>) -> Result<Account, CredentialsError> {
    let parse = |place: &str, text: &str| {
        ConnectionString::parse(text)
            .map_err(|error| CredentialsError::ConnectionString { place: place.to_owned(), error })
    };
    let first = parse(&place, &text)?;
    let Some((other, text)) = second else { return Ok(Account::with_keys(&first, None)) };
    let second = parse(&other, &text)?;
    if second.endpoint() != first.endpoint() {
        let endpoint = first.endpoint().to_owned();
        return Err(CredentialsError::TwoResources { first: place, second: other, endpoint });
    }
    Ok(Account::with_keys(&first, Some(second.key().clone())))
}

fn text_of(environment: &dyn Fn(&str) -> Option<OsString>, name: &str) -> Option<String> {
    environment(name)?.into_string().ok().filter(|text| !text.is_empty())
}

fn read(path: &std::path::Path) -> Result<Secret, CredentialsError> {
    std::fs::read_to_string(path)
        .map(Secret::new)
        .map_err(|error| CredentialsError::File { path: path.to_owned(), why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(pairs: &[(&str, &str)], source: &Source) -> Result<Account, CredentialsError> {
        let find = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        };
        source.account(&find, &Client::outside(None).expect("a client"))
    }

    const FIRST: &str = "endpoint=https://a.example/;accesskey=Zmlyc3Q=";
    const SECOND: &str = "endpoint=https://a.example/;accesskey=c2Vjb25k";

    #[test]
    fn both_keys_come_from_the_environment_or_from_two_lines_of_a_file() {
        let pairs = [("MINE", FIRST), ("MINE_SECONDARY", SECOND)];
        let source = Source { variable: Some("MINE".to_owned()), ..Source::default() };
        let from_environment = account(&pairs, &source).expect("an account");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), format!("{FIRST}\n\n{SECOND}\n")).expect("written");
        let source = Source { file: Some(file.path().to_owned()), ..Source::default() };
        let from_file = account(&[], &source).expect("an account");
        for account in [from_environment, from_file] {
            assert_eq!(account.endpoint(), "https://a.example");
            let key =
                |key: Option<&crate::acs::AccessKey>| key.map(|key| key.text().expose().to_owned());
            assert_eq!(key(account.primary()).as_deref(), Some("Zmlyc3Q="));
            assert_eq!(key(account.secondary()).as_deref(), Some("c2Vjb25k"));
        }
    }

    #[test]
    fn an_env_file_serves_as_well_and_a_byte_order_mark_does_no_harm() {
        let two = format!(
            "# keys\nACS_ENDPOINT=https://a.example\n{USUAL}={FIRST}\nexport {USUAL}_SECONDARY=\"{SECOND}\"\n"
        );
        for (text, second) in [
            (two, Some(SECOND)),
            (format!("\u{feff}{FIRST}\r\n{SECOND}"), Some(SECOND)),
            (format!("\u{feff}{USUAL}='{FIRST}'\n"), None),
        ] {
            assert_eq!(two_lines(&text), (FIRST.to_owned(), second.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn a_second_key_of_another_resource_is_refused() {
        let other = "endpoint=https://b.example/;accesskey=c2Vjb25k";
        let pairs = [(USUAL, FIRST), ("ACS_CONNECTION_STRING_SECONDARY", other)];
        let error = account(&pairs, &Source::default()).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("are for different resources")));
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        let entra = |method| Source { method: Some(method), ..Source::default() };
        for (source, pairs, message) in [
            (Source::default(), &[][..], "ACS_CONNECTION_STRING is not set"),
            (entra(Method::AzureCli), &[][..], "needs the resource's address: --endpoint URL"),
            (
                entra(Method::ClientSecret),
                &[("ACS_ENDPOINT", "https://a.example")][..],
                "--auth client-secret needs AZURE_TENANT_ID in the environment",
            ),
            (
                entra(Method::AzureCli),
                &[("ACS_ENDPOINT", "http://a.example")][..],
                "tokens go over https only",
            ),
        ] {
            let error = account(pairs, &source).err().map(|error| error.to_string());
            assert!(error.as_ref().is_some_and(|text| text.contains(message)), "{error:?}");
        }
    }

    #[test]
    fn a_malformed_connection_string_is_told_by_its_place_without_its_text() {
        let pairs = [(USUAL, "endpoint=https://a.example/;accesskey=s3cr3t-k*y")];
        let error = account(&pairs, &Source::default()).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.starts_with(USUAL) && !text.contains("s3cr3t")));
    }
}
