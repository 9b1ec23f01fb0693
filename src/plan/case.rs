//! A case.

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

impl Case {
    /// `<area>::<slug>::<api-version>`: the same for all repetitions.
    pub fn name(&self) -> String {
        let Scenario { area, slug, .. } = &*self.scenario;
        format!("{area}::{slug}::{}", self.api_version)
    }
}
