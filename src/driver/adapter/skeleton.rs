//! Commented adapters that speak the whole protocol and perform nothing yet.

/// A language that there is a skeleton for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Skeleton {
    Python,
    Javascript,
}

impl Skeleton {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Python => include_str!("skeletons/python.py"),
            Self::Javascript => include_str!("skeletons/javascript.mjs"),
        }
    }

    /// How the file is called unless somebody says otherwise.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Python => "adapter.py",
            Self::Javascript => "adapter.mjs",
        }
    }

    /// What runs it.
    pub const fn interpreter(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Javascript => "node",
        }
    }
}
