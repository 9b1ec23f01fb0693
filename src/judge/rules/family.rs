//! The families of rules, in the order of the catalogue.

use super::rule::Rule;
use super::{
    authentication, errors, idempotency, identity, logging, paging, request, retry, tolerance,
    transport, version,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    Identity,
    Version,
    Request,
    Authentication,
    Retry,
    Idempotency,
    Paging,
    Tolerance,
    Errors,
    Transport,
    Logging,
}

impl Family {
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Version,
        Self::Request,
        Self::Authentication,
        Self::Retry,
        Self::Idempotency,
        Self::Paging,
        Self::Tolerance,
        Self::Errors,
        Self::Transport,
        Self::Logging,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Identity => "Identity and telemetry",
            Self::Version => "Version",
            Self::Request => "Request shape",
            Self::Authentication => "Authentication",
            Self::Retry => "Retry",
            Self::Idempotency => "Idempotency",
            Self::Paging => "Paging",
            Self::Tolerance => "Response tolerance",
            Self::Errors => "Errors",
            Self::Transport => "Transport",
            Self::Logging => "Logging and secrets",
        }
    }

    /// What the ids of its rules begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Identity => "ID",
            Self::Version => "VER",
            Self::Request => "REQ",
            Self::Authentication => "AUTH",
            Self::Retry => "RET",
            Self::Idempotency => "REP",
            Self::Paging => "PAG",
            Self::Tolerance => "TOL",
            Self::Errors => "ERR",
            Self::Transport => "NET",
            Self::Logging => "LOG",
        }
    }

    pub const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Identity => identity::RULES,
            Self::Version => version::RULES,
            Self::Request => request::RULES,
            Self::Authentication => authentication::RULES,
            Self::Retry => retry::RULES,
            Self::Idempotency => idempotency::RULES,
            Self::Paging => paging::RULES,
            Self::Tolerance => tolerance::RULES,
            Self::Errors => errors::RULES,
            Self::Transport => transport::RULES,
            Self::Logging => logging::RULES,
        }
    }
}
