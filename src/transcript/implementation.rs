//! The SDK that a case was carried out by.

/// SDK, version, flavour and runtime: what a baseline and a matrix tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Implementation {
    /// The package's name in its registry.
    pub name: String,
    pub version: String,
    /// Programming language, lower case.
    pub language: String,
    /// Which of several interfaces of one package: `sync`, `aio`, …
    pub flavour: Option<String>,
    pub runtime: String,
    pub runtime_version: String,
}

impl std::fmt::Display for Implementation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.version)?;
        if let Some(flavour) = &self.flavour {
            write!(f, " {flavour}")?;
        }
        write!(f, " ({} {})", self.runtime, self.runtime_version)
    }
}
