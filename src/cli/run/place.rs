//! The target of a run, with what a live one needs: credentials, manners, a ledger.

use std::sync::Arc;

use super::args::{Args, TargetArg};
use crate::acs::secret::Mask;
use crate::cli::live::warn;
use crate::driver::wire::Client;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::report::describe::Redaction;
use crate::target::courtesy::{Courtesy, Estimate};
use crate::target::ledger::Ledger;
use crate::target::{Embedded, Live, Passage, Target};

/// How many cases run at once against somebody's resource.
const LIVE_JOBS: usize = 4;

/// An open target.
pub struct Place {
    pub target: Arc<Target>,
    pub redaction: Redaction,
    live: Option<(Courtesy, Ledger)>,
}

impl Place {
    pub fn usual_jobs(&self) -> usize {
        if self.live.is_some() {
            return LIVE_JOBS;
        }
        std::thread::available_parallelism().map_or(2, usize::from) * 2
    }

    /// Says what the service made us wait, and closes the ledger; what it still holds is a leak.
    pub fn close(self, exit: Exit) -> Exit {
        let Some((courtesy, ledger)) = self.live else { return exit };
        let waited = courtesy.waited().to_string();
        if !waited.is_empty() {
            warn(waited);
        }
        match ledger.finish() {
            Ok(tally) if tally.is_clean() => exit,
            Ok(tally) => {
                warn(format_args!("{tally}; `acs-conformance sweep` looks after what is left"));
                Exit::worst([exit, Exit::Leaked])
            }
            Err(error) => {
                warn(format_args!("error: {error}"));
                Exit::worst([exit, Exit::Harness])
            }
        }
    }
}

/// Opens the target. The inner error is an exit whose reason has been told.
pub async fn open(args: &Args) -> anyhow::Result<Result<Place, Exit>> {
    match args.target {
        TargetArg::Emulator => {
            let target = Arc::new(Target::Emulator(Embedded::new()?));
            Ok(Ok(Place { target, redaction: Redaction::default(), live: None }))
        }
        TargetArg::Live => live(args).await,
    }
}

async fn live(args: &Args) -> anyhow::Result<Result<Place, Exit>> {
    let authorities = match args.account.authorities() {
        Ok(authorities) => authorities,
        Err(error) => return Ok(Err(told(format!("{error:#}"), Exit::Invalid))),
    };
    let client = match Client::outside(authorities.as_deref()) {
        Ok(client) => client,
        Err(error) => return Ok(Err(told(error.to_string(), Exit::Invalid))),
    };
    let account = match args.account.account(&client) {
        Ok(account) => account,
        Err(error) => return Ok(Err(told(error.to_string(), Exit::Invalid))),
    };
    let redaction = Redaction::new(Mask::new(&account.secrets()));
    if let Err(error) = Live::new(account.clone(), client.clone()).reach().await {
        return Ok(Err(told(redaction.text(&error.to_string()), Exit::Unreachable)));
    }
    let courtesy = Courtesy::new(args.manners.settings());
    let ledger = match Ledger::begin(&args.manners.shelf(), account.endpoint(), chrono::Utc::now())
    {
        Ok(ledger) => ledger,
        Err(error) => return Ok(Err(told(error.to_string(), Exit::Harness))),
    };
    let key = account.primary().cloned();
    let passage = Passage::new(courtesy.clone(), Some(ledger.clone()), key);
    let target = Arc::new(Target::Live(Live::new(account, client.through(passage))));
    Ok(Ok(Place { target, redaction, live: Some((courtesy, ledger)) }))
}

fn told(why: String, exit: Exit) -> Exit {
    warn(format_args!("error: {why}"));
    exit
}

/// Says what the cases would send, create and take.
pub fn estimate(args: &Args, plan: &Plan) -> Exit {
    let estimate = Estimate::of(&plan.cases);
    crate::cli::live::say(&estimate);
    if let Some(time) = estimate.time_at(args.manners.settings().rate) {
        crate::cli::live::say(format_args!("at least {:.0} s at this rate", time.as_secs_f64()));
    }
    Exit::Success
}
