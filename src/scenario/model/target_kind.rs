//! Where a case may run, and where it ran.

/// Where a case runs. Deviations and expectations name these.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    Emulator,
    Live,
}

impl TargetKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Emulator => "emulator",
            Self::Live => "live",
        }
    }
}
