//! The options that choose among cases: the same for every command that does.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::acs::{ApiVersion, Service};
use crate::plan::{Durations, Filter, Selection, Shard};
use crate::scenario::closest;

/// Which cases are meant.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SelectionArgs {
    /// Only cases that fit, such as `tag(pstn) & !name(*slow*)` or a part of a name.
    ///
    /// Terms: tag(x) area(x) lane(x) mark(x) name(x) version(x) service(x) target(x) rule(x)
    /// behaviour(x) requires(x) op(x), a bare word for a part of the name; joined by & | ! and
    /// parentheses. In every x a * stands for any text.
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<Filter>,
    /// Only this api-version, among those that a scenario lists; may be repeated.
    #[arg(long = "api-version", value_name = "VERSION", value_parser = version)]
    pub api_versions: Vec<ApiVersion>,
    /// Only part i of n, the same on every machine.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Balances shards by how long cases took: a report.jsonl of an earlier run, or a JSON object
    /// of milliseconds by case.
    #[arg(long, value_name = "FILE", requires = "shard")]
    pub durations: Option<PathBuf>,
}

impl SelectionArgs {
    /// # Errors
    ///
    /// A file of durations that cannot be read.
    pub fn selection(&self) -> anyhow::Result<Selection> {
        let durations = match &self.durations {
            Some(path) => Durations::read(path).context("--durations")?,
            None => Durations::default(),
        };
        Ok(Selection {
            filter: self.filter.clone(),
            api_versions: self.api_versions.clone(),
            shard: self.shard,
            durations,
            ..Selection::default()
        })
    }
}

/// An api-version that some service serves.
pub fn version(text: &str) -> Result<ApiVersion, String> {
    let version = ApiVersion::new(text);
    if Service::ALL.into_iter().any(|service| version.is_served_by(service)) {
        return Ok(version);
    }
    let all: Vec<_> =
        Service::ALL.into_iter().flat_map(|service| service.versions()).copied().collect();
    Err(closest(text, all.iter().copied()).map_or_else(
        || format!("it is served by nobody; there are {}", all.join(", ")),
        |near| format!("it is served by nobody; did you mean {near}?"),
    ))
}
