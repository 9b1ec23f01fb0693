//! The embedded emulator as a target: a fresh one for each case, one authority for all.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Resource, TargetError, World};
use crate::acs::ApiVersion;
use crate::driver::wire::{Client, Credentials, Trust};
use crate::emulator::defect::Defects;
use crate::emulator::{Authority, Builder, Clock, Emulator, RateLimit};
use crate::scenario::EmulatorOptions;
use crate::transcript::TargetKind;

/// What the worlds of a run share: the authority, made once, and the trust in it.
#[derive(Debug, Clone)]
pub struct Embedded {
    authority: Authority,
    trust: Trust,
    /// Where the authority's PEM lies, for child processes.
    pub ca_file: Option<PathBuf>,
    /// Unknown api-versions that every world answers as known ones, beside the scenario's own.
    pub serve_as: Vec<(ApiVersion, ApiVersion)>,
    defects: Defects,
}

impl Embedded {
    /// Makes the authority.
    ///
    /// # Errors
    ///
    /// When the machine gives no random numbers.
    pub fn new() -> Result<Self, TargetError> {
        let authority =
            Authority::generate().map_err(|error| TargetError::Start(error.to_string()))?;
        let trust = Trust::only(authority.ca_pem())?;
        Ok(Self { authority, trust, ca_file: None, serve_as: Vec::new(), defects: Defects::NONE })
    }

    /// Worlds with deliberate defects, for the proof that the scenarios notice them.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_defects(mut self, defects: Defects) -> Self {
        self.defects = defects;
        self
    }

    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A world of its own for one case.
    ///
    /// # Errors
    ///
    /// When no port can be had, or the scenario's `emulator` options fit together in no world.
    pub async fn open(
        &self,
        options: &EmulatorOptions,
        seed: Option<u64>,
    ) -> Result<World, TargetError> {
        // What the scenario says of a version goes before what the command line says.
        let mut serve_as = options.serve_as.clone();
        let said = |new: &ApiVersion| options.serve_as.iter().any(|(known, _)| known == new);
        serve_as.extend(self.serve_as.iter().filter(|(new, _)| !said(new)).cloned());
        let emulator = builder(options, seed)?
            .serve_as(serve_as)
            .authority(&self.authority)
            .journal(true)
            .defects(self.defects)
            .start()
            .await
            .map_err(|error| TargetError::Start(error.to_string()))?;
        Ok(World {
            kind: TargetKind::Emulator,
            resources: resources(&emulator),
            // One a world: in a pool that worlds share, what their connections leave would pile up.
            client: Client::with(&self.trust)?,
            ca_file: self.ca_file.clone(),
            emulator: Some(emulator),
            player: None,
            tap: None,
        })
    }
}

/// The emulator that a scenario asks for.
fn builder(options: &EmulatorOptions, seed: Option<u64>) -> Result<Builder, TargetError> {
    let mut builder = Emulator::builder()
        .strict(options.strict)
        .service_like_tokens(options.service_like_tokens)
        .resources(options.resources.max(1))
        .rate_limits(options.rate_limits.iter().map(rate_limit).collect::<Result<_, _>>()?);
    if let Some(size) = options.page_size {
        builder = builder.page_size(size);
    }
    if let Some(seed) = options.seed.or(seed) {
        builder = builder.seed(seed);
    }
    if let Some(clock) = &options.clock {
        let at = crate::acs::time::parse(clock)
            .ok_or_else(|| TargetError::Start(format!("`{clock}` is no RFC 3339 time")))?;
        builder = builder.clock(Clock::standing(at));
    }
    Ok(builder)
}

fn rate_limit(limit: &crate::scenario::RateLimit) -> Result<RateLimit, TargetError> {
    RateLimit::of(&limit.operation, limit.requests, limit.window)
        .map_err(|error| TargetError::Start(format!("rate limit: {error}")))
}

fn resources(emulator: &Emulator) -> Arc<[Resource]> {
    emulator
        .resources()
        .iter()
        .map(|resource| {
            let endpoint = resource.endpoint().to_owned();
            Resource {
                authority: super::world::authority_of(&endpoint),
                endpoint,
                credentials: Credentials::Key(resource.primary_key().clone()),
                secondary: Some(Credentials::Key(resource.secondary_key().clone())),
            }
        })
        .collect()
}
