//! Every scenario at every api-version as a test of its own: `<area>::<scenario>::<api-version>`.
//!
//! Runs on embedded emulators; with `ACS_TARGET=live` on the resource of `ACS_CONNECTION_STRING`,
//! with the manners of `run --target live`: a ledger, `ACS_RATE` requests a second, back-off.
//! What cannot run is decided when listing, with its reason, and shown as ignored. Snapshots are
//! asserted twice, by insta and by the harness itself, and both must agree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use acs_conformance::acs::connection_string::ConnectionString;
use acs_conformance::driver::DriverKind;
use acs_conformance::driver::wire::Client;
use acs_conformance::exit::Exit;
use acs_conformance::judge::{JudgeOptions, SnapshotVerdict, Verdict, judge, snapshot};
use acs_conformance::plan::{BuiltIn, Case, Plan, Selection};
use acs_conformance::report::terminal::{Terminal, TerminalOptions};
use acs_conformance::report::{CaseFinished, Event, Sink};
use acs_conformance::run::{CaseOptions, run_case};
use acs_conformance::scenario;
use acs_conformance::target::courtesy::{Courtesy, Settings};
use acs_conformance::target::credentials::Account;
use acs_conformance::target::ledger::{Ledger, Shelf};
use acs_conformance::target::{Embedded, Live, Passage, Target};
use acs_conformance::transcript::{TargetKind, Transcript};
use chrono::Utc;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let loaded = scenario::load(&[root().join("scenarios")]);
    let kind = kind();
    let selection = Selection { target: kind, ..Selection::default() };
    let plan = selection.plan(&loaded.scenarios, &BuiltIn);
    let mut trials = Vec::new();
    let broken: Vec<String> =
        loaded.diagnostics.iter().map(|it| scenario::diagnostics::render(it, false)).collect();
    trials.push(Trial::test("files::every_scenario_can_be_read", move || {
        if broken.is_empty() { Ok(()) } else { Err(Failed::from(broken.join("\n\n"))) }
    }));
    let names = snapshot_names(&plan);
    trials.push(Trial::test("snapshots::every_snapshot_has_its_scenario", move || orphans(&names)));
    for case in plan.cases {
        trials.push(Trial::test(case.name(), move || carry_out(&case)));
    }
    for skipped in plan.skipped {
        let trial = Trial::test(skipped.case.name(), || Ok(()));
        trials.push(trial.with_kind(skipped.reason).with_ignored_flag(true));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !settled() {
        std::process::exit(i32::from(Exit::Leaked.code()));
    }
    conclusion.exit();
}

/// Where the project lies now: an archive of nextest's may run elsewhere than it was built.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

fn kind() -> TargetKind {
    match std::env::var("ACS_TARGET").as_deref() {
        Ok("live") => TargetKind::Live,
        _ => TargetKind::Emulator,
    }
}

fn snapshot_names(plan: &Plan) -> BTreeSet<String> {
    let skipped = plan.skipped.iter().map(|skipped| &skipped.case);
    plan.cases
        .iter()
        .chain(skipped)
        .map(|case| {
            let Case { scenario, api_version, .. } = case;
            format!("{}__{}@{api_version}.snap", scenario.area, scenario.slug)
        })
        .collect()
}

/// A snapshot without a scenario fails; the reverse is each scenario's own test.
fn orphans(names: &BTreeSet<String>) -> Result<(), Failed> {
    let Ok(entries) = std::fs::read_dir(root().join("snapshots")) else { return Ok(()) };
    let orphans: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".snap") && !names.contains(name))
        .collect();
    if orphans.is_empty() {
        return Ok(());
    }
    Err(format!("snapshots without a scenario, remove them: {}", orphans.join(", ")).into())
}

/// What all trials of this process share.
struct Shared {
    runtime: tokio::runtime::Runtime,
    target: Target,
}

static SHARED: OnceLock<Result<Shared, String>> = OnceLock::new();

fn shared() -> Result<&'static Shared, Failed> {
    let made = SHARED.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
        Ok(Shared { runtime, target: target()? })
    });
    made.as_ref().map_err(|why| Failed::from(why.as_str()))
}

fn target() -> Result<Target, String> {
    if kind() == TargetKind::Emulator {
        return Ok(Target::Emulator(Embedded::new().map_err(|error| error.to_string())?));
    }
    let text = std::env::var("ACS_CONNECTION_STRING")
        .map_err(|_| "ACS_TARGET=live needs ACS_CONNECTION_STRING".to_owned())?;
    let connection = ConnectionString::parse(&text).map_err(|error| error.to_string())?;
    let pem = std::env::var("ACS_CA_BUNDLE").ok().map(std::fs::read_to_string);
    let pem = pem.transpose().map_err(|error| format!("ACS_CA_BUNDLE: {error}"))?;
    let client = Client::outside(pem.as_deref()).map_err(|error| error.to_string())?;
    let account = Account::with_keys(&connection, None);
    let passage = passage(&account)?;
    Ok(Target::Live(Box::new(Live::new(account, client.through(passage)))))
}

/// What everything sent to a live resource goes through: paced, and written down before a create.
fn passage(account: &Account) -> Result<Passage, String> {
    let shelf = match std::env::var_os("ACS_LEDGER_DIR") {
        Some(directory) => Shelf::new(directory),
        None => Shelf::usual(|name| std::env::var_os(name)),
    };
    let ledger = Ledger::begin(&shelf, account.endpoint(), Utc::now());
    let ledger = ledger.map_err(|error| error.to_string())?;
    let usual = Settings::default();
    let rate = match std::env::var("ACS_RATE") {
        Err(_) => usual.rate,
        Ok(text) => {
            let rate: f64 = text.parse().map_err(|error| format!("ACS_RATE={text}: {error}"))?;
            (rate > 0.0).then_some(rate)
        }
    };
    let courtesy = Courtesy::new(Settings { rate, ..usual });
    Ok(Passage::new(courtesy, Some(ledger), account.primary().cloned()))
}

/// Ends the dealings with a live resource: whether nothing of ours is left there.
fn settled() -> bool {
    let Some(Ok(Shared { runtime, target })) = SHARED.get() else { return true };
    let Some(settlement) = runtime.block_on(target.settle()) else { return true };
    if let Some(tally) = &settlement.tally {
        eprintln!("{tally}");
    }
    for note in &settlement.notes {
        eprintln!("{note}");
    }
    settlement.exit == Exit::Success
}

fn carry_out(case: &Case) -> Result<(), Failed> {
    let Shared { runtime, target } = shared()?;
    let transcript = runtime.block_on(transcript(case, target))?;
    let options = JudgeOptions { require_snapshots: true, ..JudgeOptions::default() };
    let verdict = judge(&transcript, &options);
    let agreed = held_by_insta(case, &transcript, &verdict);
    if verdict.exit != Exit::Success {
        return Err(told(case, &transcript, &verdict).into());
    }
    agreed
}

async fn transcript(case: &Case, target: &Target) -> Result<Transcript, Failed> {
    let mut world = target.open(case, None).await?;
    let mut driver = DriverKind::Wire.start().await?;
    let declared = case.scenario.env.iter();
    let environment: BTreeMap<String, String> =
        declared.filter_map(|name| Some((name.clone(), std::env::var(name).ok()?))).collect();
    let options = CaseOptions { environment, ..CaseOptions::default() };
    let transcript = run_case(case, &mut world, &mut driver, &options, &mut |_| {}).await;
    world.close().await;
    Ok(transcript)
}

/// insta looks at the same file. Where the harness compares, both must come to the same.
fn held_by_insta(case: &Case, transcript: &Transcript, verdict: &Verdict) -> Result<(), Failed> {
    let same = match &verdict.snapshot {
        SnapshotVerdict::Same => true,
        SnapshotVerdict::Differs { .. } | SnapshotVerdict::Missing { .. } => false,
        SnapshotVerdict::Updated { .. } => return Ok(()),
        // A case that did not run through is red for that.
        SnapshotVerdict::NotCompared(_) if verdict.exit != Exit::Success => return Ok(()),
        SnapshotVerdict::NotCompared(why) => {
            return Err(format!("the snapshot was not compared: {why}").into());
        }
    };
    // On another target deviations apply, of which insta knows nothing.
    if transcript.target != TargetKind::Emulator {
        return Ok(());
    }
    let text = snapshot::text(&snapshot::document(transcript));
    let holds = {
        let look = std::panic::AssertUnwindSafe(|| assert_with_insta(case, &text));
        std::panic::catch_unwind(look).is_ok()
    };
    if holds == same {
        return Ok(());
    }
    Err(format!("insta says {holds}, the harness says {same}").into())
}

/// insta's settings belong to the thread; its panics are told by the harness's own words.
fn assert_with_insta(case: &Case, text: &str) {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(root().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_suffix(case.api_version.as_str());
    settings.set_omit_expression(true);
    let name = format!("{}__{}", case.scenario.area, case.scenario.slug);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A writer whose text can be had afterwards.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The failure as `run` tells it.
fn told(case: &Case, transcript: &Transcript, verdict: &Verdict) -> String {
    let page = Page::default();
    let rerun = "acs-conformance run".to_owned();
    let options = TerminalOptions { rerun, ..TerminalOptions::default() };
    let mut terminal = Terminal::new(page.clone(), std::io::sink(), options);
    let finished = CaseFinished { index: 0, case, transcript, verdict };
    if let Err(error) = terminal.event(&Event::CaseFinished(&finished)) {
        return error.to_string();
    }
    let bytes = page.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let text = String::from_utf8_lossy(&bytes);
    relative(&anstream::adapter::strip_str(&text).to_string())
}

/// Paths as somebody in the project's directory would write them.
fn relative(text: &str) -> String {
    let root = format!("{}{}", root().display(), std::path::MAIN_SEPARATOR);
    debug_assert!(Path::new(&root).is_dir());
    text.replace(&root, "")
}
