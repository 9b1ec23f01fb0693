//! What the harness costs per call: an SDK alone, the same SDK behind its adapter, and in a case of
//! a run, its exchange written down and judged by all rules.
//!
//! `cargo bench --bench adapter`. The reference client needs nothing; the official SDKs are measured
//! where `.ci/sdks` has installed them (`ACS_SDKS`, default `target/sdks`). Every call is a
//! `rooms.get` of one room on one emulator, over TLS on one connection. Prints, and bounds nothing.

mod alone;
mod harness;

use std::path::{Path, PathBuf};
use std::time::Duration;

use acs_conformance::driver::adapter::Command;
use acs_conformance::emulator::TrustFiles;
use acs_conformance::sdk::{Cell, Language, cells};
use acs_conformance::target::Embedded;
use alone::Alone;

/// Calls of one measurement.
pub const CALLS: usize = 400;
/// Measurements of each kind, in turn, so that a busy machine slows all alike; the best counts.
const ROUNDS: usize = 5;

/// One way to perform the same calls: alone, and through an adapter.
pub struct Contestant {
    pub name: String,
    pub alone: Alone,
    pub adapter: Command,
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some(alone::WORD) {
        return alone::reference_client();
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(compare());
}

async fn compare() {
    let mut embedded = Embedded::new().expect("an authority");
    let trust = TrustFiles::write(embedded.authority().ca_pem(), |_| None).expect("files");
    embedded.ca_file = Some(trust.ca_file().to_owned());
    println!("microseconds a call, the best of {ROUNDS} times {CALLS} calls\n");
    println!("{:<40}{:>8}{:>10}{:>8}{:>10}", "", "alone", "adapter", "cost", "in a run");
    for contestant in contestants(&trust) {
        let (mut alone, mut adapter, mut run) = (Duration::MAX, Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            alone = alone.min(contestant.alone.measure(&embedded).await);
            adapter = adapter.min(harness::through_adapter(&contestant, &embedded).await);
            run = run.min(harness::in_a_run(&contestant, &embedded).await);
        }
        let us = |time: Duration| time.as_secs_f64() * 1e6 / CALLS as f64;
        println!(
            "{:<40}{:>8.0}{:>10.0}{:>8.0}{:>10.0}",
            contestant.name,
            us(alone),
            us(adapter),
            us(adapter) - us(alone),
            us(run)
        );
    }
}

fn contestants(trust: &TrustFiles) -> Vec<Contestant> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sdks = std::env::var_os("ACS_SDKS").map_or_else(|| root.join("target/sdks"), PathBuf::from);
    let all = cells(&sdks, &root.join("tests/sdk"));
    let newest = Language::ALL.into_iter().filter_map(|language| {
        let of_language =
            all.iter().filter(|cell| cell.language == language && cell.flavour != "aio");
        of_language.max_by_key(|cell| (cell.version.clone(), cell.runtime.clone()))
    });
    let mut contestants = vec![reference(trust)];
    contestants.extend(newest.map(|cell| official(cell, &sdks, trust)));
    contestants
}

fn reference(trust: &TrustFiles) -> Contestant {
    let program = env!("CARGO_BIN_EXE_acs-conformance");
    Contestant {
        name: "reference client".to_owned(),
        alone: Alone::reference(trust),
        adapter: adapter(&format!("'{program}' reference-client"), &[], trust),
    }
}

fn official(cell: &Cell, sdks: &Path, trust: &TrustFiles) -> Contestant {
    Contestant {
        name: cell.name(),
        alone: Alone::official(cell, sdks, trust),
        adapter: adapter(&cell.command, &cell.environment, trust),
    }
}

fn adapter(text: &str, more: &[(String, String)], trust: &TrustFiles) -> Command {
    let mut command = Command::parse(text).expect("a command");
    let trusted = trust.variables().iter().map(|(name, path)| ((*name).into(), path.into()));
    let more = more.iter().map(|(name, value)| (name.into(), value.into()));
    command.environment = trusted.chain(more).collect();
    command
}
