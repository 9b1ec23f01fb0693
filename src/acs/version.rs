//! The two services and the api-versions that each of them serves.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A service of the resource. Both live behind one endpoint and one pair of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Rooms,
    Identity,
}

impl Service {
    pub const ALL: [Self; 2] = [Self::Rooms, Self::Identity];

    /// The name that scenarios, reports and the adapter protocol use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Identity => "identity",
        }
    }

    /// The api-versions served, oldest first.
    pub const fn versions(self) -> &'static [&'static str] {
        match self {
            // Recorded: the `api-supported-versions` header of the 2025 service build.
            Self::Rooms => &["2023-06-14", "2023-10-30-preview", "2024-04-15", "2025-03-13"],
            Self::Identity => &["2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"],
        }
    }

    /// The version that is used when nobody names one: the newest stable one.
    pub fn default_version(self) -> ApiVersion {
        ApiVersion::new(match self {
            Self::Rooms => "2025-03-13",
            Self::Identity => "2023-10-01",
        })
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An api-version as it stands in the query, such as `2025-03-13` or `2023-10-30-preview`.
///
/// Versions order as text does: by date, the preview of a day before the next day. Clones share
/// the text, since every case of a run has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ApiVersion(Arc<str>);

impl From<String> for ApiVersion {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<ApiVersion> for String {
    fn from(version: ApiVersion) -> Self {
        version.as_str().to_owned()
    }
}

impl ApiVersion {
    pub fn new(text: impl Into<String>) -> Self {
        Self::from(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_served_by(&self, service: Service) -> bool {
        service.versions().contains(&self.as_str())
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
