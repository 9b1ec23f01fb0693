//! `run`: run scenarios.
//!
//! | file | owns |
//! |---|---|
//! | `args` | what it can be told |
//! | `dry_run` | what a run would cost and send |
//! | `once` | one run, from paths to an exit code |
//! | `place` | the target, with what a live one needs |
//! | `listeners` | terminal, progress bar, event stream, report files |
//! | `watch` | running again when a file changes |

mod args;
mod dry_run;
mod listeners;
mod once;
mod place;
mod watch;

pub use args::{Args, TargetArg};

use crate::exit::Exit;

/// Carries the command out.
///
/// # Errors
///
/// The harness's own fault.
pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    if args.running.watch { watch::carry_out(&args).await } else { once::carry_out(&args).await }
}
