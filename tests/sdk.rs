//! SDKs against the suite, and adapters that misbehave.
//!
//! Skips are decided when listing: a trial whose SDK is not installed is ignored, unless
//! `ACS_REQUIRE_SDKS=python,javascript` demands it.

#[path = "sdk_suite/cells.rs"]
mod cells;
#[path = "sdk_suite/hostile.rs"]
mod hostile;
#[path = "sdk_suite/hostile_adapter.rs"]
mod hostile_adapter;
#[path = "sdk_suite/mutants.rs"]
mod mutants;
#[path = "sdk_suite/reasons.rs"]
mod reasons;
#[path = "sdk_suite/skeletons.rs"]
mod skeletons;
#[path = "sdk_suite/surprises.rs"]
mod surprises;
#[path = "sdk_suite/tutorial.rs"]
mod tutorial;
#[path = "sdk_suite/verdicts.rs"]
mod verdicts;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    // The misbehaving adapter is this very program.
    if std::env::args().nth(1).as_deref() == Some(hostile_adapter::WORD) {
        return hostile_adapter::speak();
    }
    let arguments = Arguments::from_args();
    let mut trials = hostile::trials();
    trials.extend(cells::trials());
    trials.extend(mutants::trials());
    trials.extend(skeletons::trials());
    trials.extend(tutorial::trials());
    trials.extend(surprises::trials());
    trials.extend(verdicts::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}
