//! How an adapter reaches a resource: its address, keys and token.

use super::options::Key;
use crate::acs::secret::Secret;

/// How an adapter reaches one resource of a case's world.
#[derive(Clone)]
pub struct Access {
    /// Scheme and authority.
    pub endpoint: String,
    pub primary: Secret,
    pub secondary: Secret,
    /// A bearer token that the resource accepts.
    pub token: Option<Secret>,
    /// Another one, where there is one.
    pub other_token: Option<Secret>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Access {
    /// Puts endpoint and authority where a text names them.
    pub(super) fn place(&self, text: &str) -> String {
        let authority = self.endpoint.split_once("://").map_or("", |(_, authority)| authority);
        let port = authority.rsplit_once(':').map_or("443", |(_, port)| port);
        text.replace("{endpoint}", &self.endpoint)
            .replace("{authority}", authority)
            .replace("{port}", port)
    }

    pub(super) fn key(&self, key: Key) -> &Secret {
        match key {
            Key::Primary => &self.primary,
            Key::Secondary => &self.secondary,
        }
    }
}
