//! `sweep`: delete what a killed run left behind.

use chrono::Utc;

use super::live::{AccountArgs, MannersArgs, is_proxied};
use crate::cli::output::{say, warn};
use crate::exit::Exit;
use crate::target::courtesy::{Courtesy, Settings};
use crate::target::ledger::Shelf;
use crate::target::sweep::{Broom, Report};

/// Reads the ledgers of runs that were killed, deletes what they created on this resource, and
/// finds rooms whose answer was lost by repeating their creates, within 5 minutes. Exit 6 when
/// something may still exist, 3 when a ledger could not be read.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    manners: MannersArgs,
    /// Say what would be done, and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove ledgers in which something is unaccounted for, once you have looked after it.
    #[arg(long)]
    forget: bool,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let (client, _) = match args.account.client() {
        Ok(client) => client,
        Err(error) => return Ok(invalid(&format!("{error:#}"))),
    };
    let account = match args.account.account(&client) {
        Ok(account) => account,
        Err(error) => return Ok(invalid(&error.to_string())),
    };
    if let Err(why) = is_proxied(account.endpoint()) {
        return Ok(invalid(&why));
    }
    let shelf = args.manners.shelf();
    let courtesy = Courtesy::new(Settings { ..args.manners.settings() });
    let broom = Broom {
        account: &account,
        client: &client,
        courtesy: &courtesy,
        shelf: &shelf,
        forget: args.forget,
        dry_run: args.dry_run,
    };
    match broom.sweep(&Utc::now).await {
        Ok(report) => {
            show(&report, &shelf, &courtesy);
            Ok(report.exit())
        }
        Err(error) => {
            warn(format!("error: {error}"));
            Ok(Exit::Harness)
        }
    }
}

fn invalid(why: &str) -> Exit {
    warn(format!("error: {why}"));
    Exit::Invalid
}

fn show(report: &Report, shelf: &Shelf, courtesy: &Courtesy) {
    for swept in &report.swept {
        say(format!("{}: {}", swept.path.display(), swept.tally));
        for left in &swept.left {
            say(format!("  {left}"));
        }
        let unaccounted = swept.tally.unaccounted > 0 && swept.tally.leaked == 0;
        if unaccounted && !swept.removed {
            say("  kept; `sweep --forget` removes it once you have looked after it");
        }
    }
    for path in &report.in_use {
        say(format!("{}: its run still goes; left alone", path.display()));
    }
    for (path, resource) in &report.elsewhere {
        say(format!("{}: of {resource}; left alone", path.display()));
    }
    for error in &report.broken {
        warn(format_args!("error: {error}"));
    }
    if report.swept.is_empty() {
        say(format!("nothing to sweep in {}", shelf.directory().display()));
    }
    let waited = courtesy.waited();
    if waited.times() > 0 {
        say(waited);
    }
    say(report.tally());
}
