//! What belongs to the case at hand: its world, the clients that were opened in it, its files.

use std::path::PathBuf;

use super::access::Access;
use super::fault::{Fault, FaultKind};
use super::message::{ClientOptions, OpenClient};
use super::options::{CallOptions, Credential};
use crate::driver::Invocation;

/// What belongs to the case at hand.
#[derive(Debug)]
pub(super) struct OpenCase {
    pub name: String,
    pub resources: Vec<Access>,
    pub ca_file: Option<PathBuf>,
    pub clients: Vec<OpenClient>,
    pub folder: Option<tempfile::TempDir>,
    /// The token credentials have their second token by now.
    pub rotated: bool,
    pub failed: bool,
}

impl OpenCase {
    /// The client that a call wants; its name still lacks a number.
    pub fn wanted(
        &mut self,
        invocation: &Invocation,
        options: &CallOptions,
        client_options: ClientOptions,
    ) -> Result<OpenClient, Fault> {
        let service = invocation.operation.service();
        let access = self.access(invocation.resource)?.clone();
        let key = access.key(options.key).expose().to_owned();
        let label = options.client.as_deref().unwrap_or(service.name());
        let mut wanted = OpenClient {
            client: format!("{label}-"),
            service,
            connection_string: None,
            endpoint: None,
            access_key: None,
            token_file: None,
            ca_file: self.ca_file.as_ref().map(|path| path.display().to_string()),
            options: client_options,
        };
        if options.credential == Credential::ConnectionString {
            let text = options.connection_string.as_deref();
            let text =
                text.unwrap_or("endpoint={endpoint}/;accesskey={key}").replace("{key}", &key);
            wanted.connection_string = Some(access.place(&text));
            return Ok(wanted);
        }
        wanted.endpoint = Some(access.place(options.endpoint.as_deref().unwrap_or("{endpoint}")));
        if options.credential == Credential::Token {
            self.rotated |= options.rotate_token;
            wanted.token_file = Some(self.token_file(invocation.resource)?);
        } else {
            wanted.access_key = Some(key);
        }
        Ok(wanted)
    }

    /// The name of an open client that is as wanted.
    pub fn open(&self, wanted: &OpenClient) -> Option<String> {
        let open = self.clients.iter().find(|open| same(open, wanted))?;
        Some(open.client.clone())
    }

    /// Gives a wanted client its number, and keeps it.
    pub fn add(&mut self, mut wanted: OpenClient) -> OpenClient {
        wanted.client = format!("{}{}", wanted.client, self.clients.len() + 1);
        self.clients.push(wanted.clone());
        wanted
    }

    pub fn access(&self, resource: usize) -> Result<&Access, Fault> {
        self.resources.get(resource.saturating_sub(1)).ok_or_else(|| Fault {
            kind: FaultKind::NotStarted,
            message: format!("the world has no resource {resource}"),
            last_words: String::new(),
        })
    }

    /// A file with the resource's bearer token, gone with the case.
    fn token_file(&mut self, resource: usize) -> Result<String, Fault> {
        let access = self.access(resource)?;
        let other = access.other_token.as_ref().filter(|_| self.rotated);
        let token = other.or(access.token.as_ref()).cloned();
        let written = (|| {
            if self.folder.is_none() {
                self.folder = Some(tempfile::tempdir()?);
            }
            let folder = self.folder.as_ref().map(tempfile::TempDir::path).unwrap_or(".".as_ref());
            let path = folder.join(format!("token-{resource}"));
            std::fs::write(&path, token.as_ref().map_or("", |token| token.expose()))?;
            Ok::<_, std::io::Error>(path)
        })();
        written.map(|path| path.display().to_string()).map_err(|error| Fault {
            kind: FaultKind::NotStarted,
            message: format!("the bearer token could not be put into a file: {error}"),
            last_words: String::new(),
        })
    }
}

/// Whether two clients differ in nothing but their number.
fn same(open: &OpenClient, wanted: &OpenClient) -> bool {
    let label = open.client.trim_end_matches(|character: char| character.is_ascii_digit());
    label == wanted.client && {
        let mut renamed = wanted.clone();
        renamed.client.clone_from(&open.client);
        renamed == *open
    }
}
