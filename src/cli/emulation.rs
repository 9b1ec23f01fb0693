//! The options of every subcommand that starts an emulator of its own.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::acs::{ApiVersion, Service, time};
use crate::emulator::{Builder, Clock, Emulator, OutOfTime, RateLimit};

#[derive(Debug, Clone, Default, clap::Args)]
pub struct Emulation {
    /// Entries a page of participants, scanned records a page of rooms [default: 30].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    page_size: Option<u32>,
    /// Make time stand still at this instant, such as 2026-01-01T00:00:00Z; before the year 9999.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    clock: Option<chrono::DateTime<chrono::Utc>>,
    /// Make ids, keys and the tokens of identities repeat exactly. Ids go on over a reset of the
    /// admin API; ACS_BEARER_TOKEN is another one at each start, for it tells when it was made.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Refuse what is let pass for the sake of shipping SDKs.
    #[arg(long)]
    strict: bool,
    /// Answer an unknown api-version as a known one, such as 2026-09-01=2025-03-13.
    #[arg(long, value_name = "NEW=KNOWN", value_parser = served_as)]
    serve_as: Vec<(ApiVersion, ApiVersion)>,
    /// Throttle each resource: so many requests of an operation in a window of the emulator's time,
    /// such as rooms.create=10/30s; *=… for all operations together. Repeatable.
    #[arg(long, value_name = "OPERATION=N/WINDOW")]
    rate_limit: Vec<RateLimit>,
    /// How many resources, each with an endpoint and keys of its own.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=100))]
    resources: Option<u8>,
    /// Continuation tokens with reserved characters, as the service's are.
    #[arg(long)]
    service_like_tokens: bool,
    /// Take the first resource's first key (base64) from this file.
    #[arg(long, value_name = "FILE")]
    access_key_file: Option<PathBuf>,
}

impl Emulation {
    /// An emulator as these options want it.
    ///
    /// # Errors
    ///
    /// A key file that cannot be read, or that holds no key; the key is not told.
    pub fn builder(&self) -> anyhow::Result<Builder> {
        let mut builder = Emulator::builder()
            .strict(self.strict)
            .service_like_tokens(self.service_like_tokens)
            .serve_as(self.serve_as.clone())
            .rate_limits(self.rate_limit.clone())
            .resources(usize::from(self.resources.unwrap_or(1)));
        if let Some(size) = self.page_size {
            builder = builder.page_size(usize::try_from(size)?);
        }
        if let Some(at) = self.clock {
            builder = builder.clock(Clock::standing(at));
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(path) = &self.access_key_file {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the access key file {}", path.display()))?;
            let key = crate::acs::signing::AccessKey::from_base64(text.trim())
                .with_context(|| format!("{} holds no access key", path.display()))?;
            builder = builder.access_key(key);
        }
        Ok(builder)
    }

    /// What must be said about versions that are served as others.
    pub fn served_as_notes(&self) -> Vec<String> {
        notes(&self.serve_as)
    }
}

/// A line for each version that is served as another.
pub(super) fn notes(serve_as: &[(ApiVersion, ApiVersion)]) -> Vec<String> {
    let note =
        |(new, known): &(ApiVersion, ApiVersion)| format!("api-version {new} is served as {known}");
    serve_as.iter().map(note).collect()
}

fn instant(text: &str) -> Result<chrono::DateTime<chrono::Utc>, String> {
    let at = time::parse(text).ok_or("no RFC 3339 time; write it like 2026-01-01T00:00:00Z")?;
    if Clock::range().contains(&at) { Ok(at) } else { Err(OutOfTime.to_string()) }
}

/// Reads `NEW=KNOWN`.
pub(super) fn served_as(text: &str) -> Result<(ApiVersion, ApiVersion), String> {
    let (new, known) =
        text.split_once('=').ok_or("no pair; write it like 2026-09-01=2025-03-13")?;
    let known = ApiVersion::new(known);
    if !Service::ALL.into_iter().any(|service| known.is_served_by(service)) {
        let all: Vec<&str> =
            Service::ALL.into_iter().flat_map(|service| service.versions()).copied().collect();
        return Err(format!("{known} is no known api-version; known are {}", all.join(", ")));
    }
    if new.is_empty() {
        return Err("the new api-version is empty".to_owned());
    }
    let new = ApiVersion::new(new);
    let both = |service| new.is_served_by(service) && known.is_served_by(service);
    if Service::ALL.into_iter().any(both) {
        return Err(format!("{new} is a known api-version itself; name one that is not"));
    }
    Ok((new, known))
}
