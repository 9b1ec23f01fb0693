//! Connection strings: `endpoint=https://…/;accesskey=…`.
//!
//! Read tolerantly, as the SDKs together do: names in any case and order, spaces around parts, a
//! slash or a semicolon at the end, unknown parts ignored. Errors name every part that is wrong
//! and never show a value that could be the key.

use std::fmt;

use super::secret::Secret;
use super::signing::{AccessKey, AccessKeyError};

/// A resource's address and key.
#[derive(Clone)]
pub struct ConnectionString {
    endpoint: String,
    authority: String,
    key: AccessKey,
}

impl ConnectionString {
    /// Reads a connection string.
    ///
    /// # Errors
    ///
    /// With all that is wrong, part by part.
    pub fn parse(text: &str) -> Result<Self, ConnectionStringError> {
        let mut problems = Vec::new();
        let mut endpoint = None;
        let mut key = None;
        let parts = text.split(';').map(str::trim).enumerate().filter(|(_, part)| !part.is_empty());
        for (index, part) in parts {
            let number = index + 1;
            let Some((name, value)) = part.split_once('=') else {
                problems.push(Problem::NoEqualsSign { number, length: part.chars().count() });
                continue;
            };
            let (slot, name) = match name.trim().to_ascii_lowercase().as_str() {
                "endpoint" => (&mut endpoint, Name::Endpoint),
                "accesskey" => (&mut key, Name::AccessKey),
                _ => continue,
            };
            if slot.replace((number, value.trim())).is_some() {
                problems.push(Problem::Twice { name, number });
            }
        }
        let endpoint = read(endpoint, Name::Endpoint, read_endpoint, &mut problems);
        let key = read(key, Name::AccessKey, read_key, &mut problems);
        match (endpoint, key) {
            (Some((scheme, authority)), Some(key)) if problems.is_empty() => {
                Ok(Self { endpoint: format!("{scheme}://{authority}"), authority, key })
            }
            _ => Err(ConnectionStringError { problems }),
        }
    }

    /// Scheme and authority, without a slash at the end.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Host, and port unless it is the scheme's own: what `Host` carries and what is signed.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub fn key(&self) -> &AccessKey {
        &self.key
    }

    /// The connection string in its usual spelling.
    pub fn text(&self) -> Secret {
        Secret::new(format!("endpoint={}/;accesskey={}", self.endpoint, self.key.text().expose()))
    }
}

/// All that is wrong with a connection string. Holds no value that could be the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionStringError {
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConnectionStringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection string cannot be used: ")?;
        for (index, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if index > 0 { "; " } else { "" })?;
        }
        f.write_str(
            " (expected `endpoint=https://<resource>.communication.azure.com/;accesskey=<base64>`)",
        )
    }
}

impl std::error::Error for ConnectionStringError {}

/// The two parts that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Endpoint,
    AccessKey,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Endpoint => "endpoint",
            Self::AccessKey => "accesskey",
        })
    }
}

/// One thing that is wrong; parts are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("`{0}` is missing")]
    Missing(Name),
    #[error("part {number} ({length} characters) has no `=`")]
    NoEqualsSign { number: usize, length: usize },
    #[error("`{name}` stands there twice, again as part {number}")]
    Twice { name: Name, number: usize },
    #[error("`endpoint` (part {number}) is {fault}")]
    Endpoint { number: usize, fault: EndpointFault },
    #[error("`accesskey` (part {number}): {fault}")]
    AccessKey { number: usize, fault: AccessKeyError },
}

/// What is wrong with an endpoint. The text is not shown: somebody may have put the key there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointFault {
    #[error("empty")]
    Empty,
    #[error("without a scheme; write `https://` in front")]
    NoScheme,
    #[error("neither https nor http")]
    Scheme,
    #[error("no address: host and port cannot be read")]
    Authority,
    #[error(
        "more than an address: a path, query or user name has no place there, since SDKs sign it as part of the host"
    )]
    Path,
}

type Reader<T> = fn(usize, &str) -> Result<T, Problem>;

fn read<T>(
    part: Option<(usize, &str)>,
    name: Name,
    reader: Reader<T>,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let read = match part {
        Some((number, value)) => reader(number, value),
        None => Err(Problem::Missing(name)),
    };
    read.map_err(|problem| problems.push(problem)).ok()
}

fn read_key(number: usize, value: &str) -> Result<AccessKey, Problem> {
    AccessKey::from_base64(value).map_err(|fault| Problem::AccessKey { number, fault })
}

fn read_endpoint(number: usize, value: &str) -> Result<(&'static str, String), Problem> {
    split_endpoint(value).map_err(|fault| Problem::Endpoint { number, fault })
}

fn split_endpoint(value: &str) -> Result<(&'static str, String), EndpointFault> {
    if value.is_empty() {
        return Err(EndpointFault::Empty);
    }
    let (scheme, rest) = value.split_once("://").ok_or(EndpointFault::NoScheme)?;
    let (scheme, own_port) = match scheme.to_ascii_lowercase().as_str() {
        "https" => ("https", ":443"),
        "http" => ("http", ":80"),
        _ => return Err(EndpointFault::Scheme),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#', '@']) {
        return Err(EndpointFault::Path);
    }
    let authority: http::uri::Authority = rest.parse().map_err(|_| EndpointFault::Authority)?;
    let port_is_readable = match authority.port_u16() {
        Some(port) => port > 0,
        None => !rest.rsplit(']').next().unwrap_or(rest).contains(':'),
    };
    if authority.host().is_empty() || !port_is_readable {
        return Err(EndpointFault::Authority);
    }
    Ok((scheme, rest.strip_suffix(own_port).unwrap_or(rest).to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> String {
        ConnectionString::parse(text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn all_spellings_that_some_sdk_takes_mean_the_same() {
        for text in [
            "endpoint=https://localhost:8443/;accesskey=a2V5",
            "endpoint=https://localhost:8443;accesskey=a2V5",
            "EndPoint=https://localhost:8443/;AccessKey=a2V5;",
            "accesskey=a2V5;endpoint=https://localhost:8443/",
            " endpoint = https://localhost:8443/ ; accesskey = a2V5 ;; ",
            "endpoint=https://localhost:8443/;foo=bar;accesskey=a2V5",
            "endpoint=HTTPS://LOCALHOST:8443/;accesskey=a2V5",
        ] {
            let read =
                ConnectionString::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read.endpoint(), "https://localhost:8443", "{text}");
            assert_eq!(read.authority(), "localhost:8443", "{text}");
            assert_eq!(read.key().text().expose(), "a2V5", "{text}");
        }
    }

    #[test]
    fn the_schemes_own_port_is_no_part_of_the_authority() {
        let authority = |endpoint: &str| {
            let text = format!("endpoint={endpoint};accesskey=a2V5");
            ConnectionString::parse(&text)
                .map(|read| read.authority().to_owned())
                .unwrap_or_default()
        };
        assert_eq!(
            authority("https://contoso.communication.azure.com:443/"),
            "contoso.communication.azure.com"
        );
        assert_eq!(authority("http://localhost:80"), "localhost");
        assert_eq!(authority("http://localhost:443"), "localhost:443");
        assert_eq!(authority("https://[::1]:8443"), "[::1]:8443");
    }

    #[test]
    fn every_wrong_part_is_named_in_one_message() {
        let message = problem("endpoint=localhost:8443;accesskey=no!base64;rubbish");
        for part in [
            "part 3 (7 characters) has no `=`",
            "`endpoint` (part 1) is without a scheme; write `https://` in front",
            "`accesskey` (part 2): the access key is not base64: character 3 of 9",
        ] {
            assert!(message.contains(part), "{part} is not in: {message}");
        }
        let message = problem("");
        assert!(message.contains("`endpoint` is missing; `accesskey` is missing"), "{message}");
        let message = problem("endpoint=https://a;endpoint=https://b;accesskey=a2V5");
        assert!(message.contains("`endpoint` stands there twice, again as part 2"), "{message}");
    }

    #[test]
    fn an_endpoint_that_is_no_address_is_refused_with_the_reason() {
        for (endpoint, reason) in [
            ("", "empty"),
            ("ftp://a", "neither https nor http"),
            ("https://", "no address"),
            ("https://a:0", "no address"),
            ("https://a:70000", "no address"),
            ("https://a b", "no address"),
            ("https://a/sub/", "more than an address"),
            ("https://user@a", "more than an address"),
        ] {
            let message = problem(&format!("endpoint={endpoint};accesskey=a2V5"));
            assert!(message.contains(reason), "{endpoint}: {message}");
        }
    }

    proptest! {
        #[test]
        fn no_error_shows_the_key(key in "[A-Za-z0-9+/!]{12,40}", before in "[a-z;= ]{0,12}") {
            for text in [
                format!("{before}{key}"),
                format!("endpoint={key};accesskey={key}"),
                format!("endpoint=https://{key}?;{key}"),
            ] {
                prop_assert!(!problem(&text).contains(&key), "{text}");
            }
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,200}") {
            let _ = ConnectionString::parse(&text);
        }
    }
}
