//! Running again when a file changes, and ending when the operating system asks for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::args::Args;
use super::once;
use crate::cli::live::warn;
use crate::cli::signals::Interrupts;
use crate::exit::Exit;
use crate::run::Interrupt;

/// How often files are looked at. Polling works on every file system.
const LOOK: Duration = Duration::from_millis(300);

/// Runs, waits for a change, runs again; until a signal.
pub async fn carry_out(args: &Args) -> anyhow::Result<Exit> {
    loop {
        let before = stamps(args);
        let exit = once::carry_out(args).await?;
        if exit == Exit::Interrupted {
            return Ok(exit);
        }
        warn("watching for changes; Ctrl-C ends");
        let mut interrupts = Interrupts::listen()?;
        tokio::select! {
            () = changed(args, &before) => {}
            _ = interrupts.next() => return Ok(exit),
        }
    }
}

async fn changed(args: &Args, before: &BTreeMap<PathBuf, SystemTime>) {
    loop {
        tokio::time::sleep(LOOK).await;
        if stamps(args) != *before {
            return;
        }
    }
}

/// When each YAML file below the paths was written.
fn stamps(args: &Args) -> BTreeMap<PathBuf, SystemTime> {
    let mut found = BTreeMap::new();
    let usual = [PathBuf::from("scenarios")];
    let paths = if args.paths.is_empty() { usual.as_slice() } else { &args.paths };
    paths.iter().for_each(|path| stamp(path, &mut found));
    found
}

fn stamp(path: &Path, found: &mut BTreeMap<PathBuf, SystemTime>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| stamp(&entry.path(), found));
    } else if path.extension().is_some_and(|one| one == "yaml" || one == "yml")
        && let Ok(time) = path.metadata().and_then(|metadata| metadata.modified())
    {
        found.insert(path.to_owned(), time);
    }
}

/// Passes signals on as the wish to end. A second one ends the process at once.
pub fn end_on_signals(interrupt: Interrupt) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let mut interrupts = Interrupts::listen()?;
    Ok(tokio::spawn(async move {
        interrupts.next().await;
        warn("ending: what was created is being deleted; once more ends at once");
        interrupt.ask();
        interrupts.next().await;
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }))
}
