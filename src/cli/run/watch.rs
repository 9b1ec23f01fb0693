//! Running again when a file changes, and ending when the operating system asks for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::args::Args;
use super::once;
use crate::builtin;
use crate::cli::output::warn;
use crate::cli::signals::Interrupts;
use crate::exit::Exit;
use crate::run::Interrupt;
use crate::scenario;

/// How often files are looked at. Polling works on every file system.
const LOOK: Duration = Duration::from_millis(300);

/// When each file was written, and how long it was; `None` for one that is not there.
type Stamps = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

/// Runs, waits for a change, runs again; until a signal.
pub async fn carry_out(args: &Args) -> anyhow::Result<Exit> {
    // Heard from the first run on: a signal between two of them is not lost.
    let mut interrupts = Interrupts::listen()?;
    loop {
        let watched = Watched::new(args);
        let before = watched.stamps();
        let exit = once::carry_out(args).await?;
        if exit == Exit::Interrupted {
            return Ok(exit);
        }
        warn("watching for changes; Ctrl-C ends");
        tokio::select! {
            () = watched.changed(before) => {}
            _ = interrupts.next() => return Ok(Exit::Interrupted),
        }
    }
}

/// What a run reads.
struct Watched {
    /// Files, directories and globs: what they stand for may change.
    paths: Vec<PathBuf>,
    /// The files that scenarios use, wherever they lie.
    parts: Vec<PathBuf>,
}

impl Watched {
    fn new(args: &Args) -> Self {
        let paths = builtin::paths_or_default(&args.paths).paths;
        let parts = scenario::load(&paths).parts;
        Self { paths, parts }
    }

    fn stamps(&self) -> Stamps {
        let stamp = |path: PathBuf| {
            let metadata = path.metadata().ok();
            let stamp = metadata.and_then(|one| Some((one.modified().ok()?, one.len())));
            (path, stamp)
        };
        let files = scenario::files(&self.paths).into_iter().chain(self.parts.iter().cloned());
        files.map(stamp).collect()
    }

    /// Waits for a change, and then until nothing changes any more: an editor may be at it still.
    async fn changed(&self, before: Stamps) {
        let mut last = before.clone();
        loop {
            tokio::time::sleep(LOOK).await;
            let now = self.stamps();
            if now == last && now != before {
                return;
            }
            last = now;
        }
    }
}

/// Passes signals on as the wish to end. A second one ends the process at once, and says where it
/// is written down what may be left then.
pub fn end_on_signals(
    interrupt: Interrupt,
    ledger: Option<PathBuf>,
) -> std::io::Result<tokio::task::JoinHandle<()>> {
    let mut interrupts = Interrupts::listen()?;
    Ok(tokio::spawn(async move {
        interrupts.next().await;
        warn("ending: what was created is being deleted; once more ends at once");
        interrupt.ask();
        interrupts.next().await;
        if let Some(path) = ledger.filter(|path| path.exists()) {
            warn(format_args!(
                "ended at once: `acs-conformance sweep` deletes what is left, which {} holds; \
                 rooms whose answer was lost can be found within 5 minutes",
                path.display()
            ));
        }
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }))
}
