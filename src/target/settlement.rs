//! The end of a run on a live resource: nothing of ours stays, or it is said.

use chrono::Utc;

use super::Passage;
use super::credentials::Account;
use super::ledger::Tally;
use super::sweep::{clear, find};
use crate::driver::wire::Client;
use crate::exit::Exit;

/// What a run leaves on a live resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Absent where no ledger was kept.
    pub tally: Option<Tally>,
    /// What somebody should know: waits that the service asked for, what is left and where it is
    /// written down.
    pub notes: Vec<String>,
    pub exit: Exit,
}

impl Settlement {
    /// Asks for creates whose answer was lost, deletes what is still there (`keep`: leaves it),
    /// and ends the ledger; one with something left stays, for `sweep`. `client` takes `passage`.
    pub async fn make(account: &Account, client: &Client, passage: &Passage, keep: bool) -> Self {
        let mut settlement = Self { tally: None, notes: Vec::new(), exit: Exit::Success };
        if let Some(ledger) = passage.ledger() {
            let mut left = find(account, client, ledger, &Utc::now, false).await;
            if !keep {
                left.extend(clear(account, client, ledger, &Utc::now).await);
            }
            settlement.notes.extend(left.iter().map(ToString::to_string));
            match ledger.finish() {
                Ok(tally) => settlement.count(tally, &ledger.path()),
                Err(error) => {
                    settlement.notes.push(error.to_string());
                    settlement.exit = Exit::Harness;
                }
            }
        }
        let waited = passage.courtesy().waited();
        if waited.times() > 0 {
            settlement.notes.push(waited.to_string());
        }
        settlement
    }

    fn count(&mut self, tally: Tally, path: &std::path::Path) {
        if !tally.is_clean() {
            self.exit = Exit::Leaked;
            self.notes.push(format!(
                "`acs-conformance sweep` finishes what {} holds; rooms whose answer was lost can \
                 be found within 5 minutes",
                path.display()
            ));
        }
        self.tally = Some(tally);
    }
}
