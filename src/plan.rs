//! The matrix of cases: scenario × api-version, filters and shards.

use std::sync::Arc;

use crate::acs::ApiVersion;
use crate::scenario::Scenario;

/// One scenario at one api-version: the unit of selection, parallelism, test and verdict.
#[derive(Debug, Clone)]
pub struct Case {
    pub scenario: Arc<Scenario>,
    pub api_version: ApiVersion,
    /// From 1.
    pub repetition: u32,
}
