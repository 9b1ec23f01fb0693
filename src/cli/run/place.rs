//! The target of a run, with what a live one needs: credentials, manners, a ledger.

use std::path::Path;
use std::sync::Arc;

use super::args::{Args, TargetArg};
use crate::cli::live::open_target;
use crate::cli::output::warn;
use crate::exit::Exit;
use crate::report::describe::Redaction;
use crate::target::{Embedded, Replay, Target};
use crate::transcript::{Probes, TargetKind};

/// How many cases run at once against somebody's resource.
const LIVE_JOBS: usize = 4;

/// An open target.
pub struct Place {
    pub target: Arc<Target>,
    pub redaction: Redaction,
    /// What a live run observes of the assumed behaviours.
    pub probes: Option<Probes>,
}

impl Place {
    pub fn usual_jobs(&self) -> usize {
        if self.target.kind() == TargetKind::Live {
            return LIVE_JOBS;
        }
        std::thread::available_parallelism().map_or(2, usize::from) * 2
    }
}

/// Opens the target. The inner error is an exit whose reason has been told.
pub async fn open(args: &Args) -> anyhow::Result<Result<Place, Exit>> {
    if let Some(folder) = &args.replay {
        return Ok(replay(folder));
    }
    match args.target {
        TargetArg::Emulator => {
            let target = Arc::new(Target::Emulator(Embedded::new()?));
            Ok(Ok(Place { target, redaction: Redaction::default(), probes: None }))
        }
        TargetArg::Live => Ok(live(args).await),
    }
}

fn replay(folder: &Path) -> Result<Place, Exit> {
    if !folder.is_dir() {
        let why = format!("{} is no folder of cassettes", folder.display());
        return Err(told(why, Exit::Invalid));
    }
    let target = Arc::new(Target::Replay(Replay::new(folder.to_owned())));
    Ok(Place { target, redaction: Redaction::default(), probes: None })
}

async fn live(args: &Args) -> Result<Place, Exit> {
    let (live, redaction) = match open_target(&args.account, &args.manners).await {
        Ok(opened) => opened,
        Err((exit, why)) => return Err(told(why, exit)),
    };
    let probes = (!args.running.no_probe).then(Probes::default);
    Ok(Place { target: Arc::new(Target::Live(Box::new(live))), redaction, probes })
}

fn told(why: String, exit: Exit) -> Exit {
    warn(format_args!("error: {why}"));
    exit
}
