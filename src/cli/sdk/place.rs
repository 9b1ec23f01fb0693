//! Where an SDK is put through the suite: emulators of our own, or a live resource behind taps.

use std::ffi::OsString;
use std::sync::Arc;

use super::super::live::{AccountArgs, MannersArgs, open_target};
use super::super::run::TargetArg;
use super::super::surroundings::WITHHELD;
use crate::acs::ApiVersion;
use crate::cli::output::warn;
use crate::emulator::{Authority, TrustFiles};
use crate::exit::Exit;
use crate::report::describe::Redaction;
use crate::target::{Embedded, Tapped, Target};

/// Adapters that run at once against somebody's resource.
const LIVE_JOBS: usize = 4;

#[derive(Debug, Clone, Default, clap::Args)]
pub struct PlaceArgs {
    /// Where: `emulator`, a fresh one for each case, or `live`, the resource of the connection
    /// string. There the adapter is put behind a tap: it sees local keys only.
    #[arg(long, value_enum, default_value_t)]
    pub target: TargetArg,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    manners: MannersArgs,
}

/// An open target, with what adapters trust.
pub struct Place {
    pub target: Arc<Target>,
    pub trust: TrustFiles,
    pub redaction: Redaction,
    /// Variables that no adapter gets to see.
    pub withheld: Vec<OsString>,
}

impl PlaceArgs {
    /// Opens the target; emulators answer the unknown api-versions of `serve_as` as known ones.
    /// The inner error is an exit whose reason has been told.
    ///
    /// # Errors
    ///
    /// Faults of the harness alone.
    pub async fn open(&self, serve_as: &ServedAs) -> anyhow::Result<Result<Place, Exit>> {
        let (target, trust, redaction) = match self.target {
            TargetArg::Emulator => emulator(serve_as)?,
            TargetArg::Live if !serve_as.is_empty() => {
                warn!("error: --serve-as is for emulators, not for --target live");
                return Ok(Err(Exit::Invalid));
            }
            TargetArg::Live => match self.live().await? {
                Ok(live) => live,
                Err((exit, why)) => {
                    warn!("error: {why}");
                    return Ok(Err(exit));
                }
            },
        };
        Ok(Ok(Place { target: Arc::new(target), trust, redaction, withheld: self.withheld() }))
    }

    /// How many cases run at once where nobody says so.
    pub fn usual_jobs(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        if self.target == TargetArg::Live { cores.min(LIVE_JOBS) } else { cores }
    }

    /// The options that belong to the target, for the command that runs a case alone.
    pub fn flags(&self) -> String {
        match self.target {
            TargetArg::Emulator => String::new(),
            TargetArg::Live => format!(" --target live{}", self.account.flags()),
        }
    }

    async fn live(&self) -> anyhow::Result<Result<Opened, (Exit, String)>> {
        let (live, redaction) = match open_target(&self.account, &self.manners).await {
            Ok(opened) => opened,
            Err(told) => return Ok(Err(told)),
        };
        let authority = Authority::generate()?;
        let trust = trust(&authority)?;
        let ca_file = trust.ca_file().to_owned();
        let live = live.tapped(Tapped { authority, ca_file });
        Ok(Ok((Target::Live(Box::new(live)), trust, redaction)))
    }

    fn withheld(&self) -> Vec<OsString> {
        WITHHELD.map(OsString::from).into_iter().chain(self.account.variables()).collect()
    }
}

type Opened = (Target, TrustFiles, Redaction);
/// Unknown api-versions, each with the known one as which it is answered.
type ServedAs = [(ApiVersion, ApiVersion)];

fn emulator(serve_as: &ServedAs) -> anyhow::Result<Opened> {
    let mut embedded = Embedded::new()?;
    embedded.serve_as = serve_as.to_vec();
    let trust = trust(embedded.authority())?;
    embedded.ca_file = Some(trust.ca_file().to_owned());
    Ok((Target::Emulator(embedded), trust, Redaction::default()))
}

fn trust(authority: &Authority) -> std::io::Result<TrustFiles> {
    TrustFiles::write(authority.ca_pem(), |name| std::env::var_os(name))
}
