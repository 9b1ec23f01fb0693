//! The pages in a real browser: headless Chromium looks at them as a reader does. Trials are
//! ignored at listing where there is no browser, and required where `ACS_REQUIRE_BROWSER=1`.

#[expect(dead_code, reason = "the command line's tests use the rest of it")]
#[path = "cli/report_sample.rs"]
mod report_sample;

use std::path::{Path, PathBuf};
use std::process::Command;

use acs_conformance::report::html::{Absent, write_matrix};
use acs_conformance::report::record::Status;
use acs_conformance::report::{Format, Report, replace};
use libtest_mimic::{Arguments, Failed, Trial};

use report_sample::{everything, sdk};

const SCRIPT: &str = "tests/pages/browser.mjs";

fn main() {
    let arguments = Arguments::from_args();
    let missing = missing();
    if let Some(why) = &missing {
        if std::env::var("ACS_REQUIRE_BROWSER").as_deref() == Ok("1") {
            eprintln!("error: ACS_REQUIRE_BROWSER=1, and {why}");
            std::process::exit(1);
        }
        eprintln!("ignored: {why}");
    }
    let trials = vec![
        Trial::test("the_page_of_a_run_works_in_a_browser", run),
        Trial::test("the_matrix_works_in_a_browser", matrix),
    ];
    let trials = trials.into_iter().map(|one| one.with_ignored_flag(missing.is_some())).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// Where `.ci/browser` puts playwright-core; `ACS_BROWSER_MODULES` names another place.
fn modules() -> PathBuf {
    std::env::var_os("ACS_BROWSER_MODULES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser/node_modules"),
        PathBuf::from,
    )
}

/// Why no browser can be used, if so.
fn missing() -> Option<String> {
    if !modules().join("playwright-core").is_dir() {
        return Some(format!("no playwright-core in {}; run .ci/browser", modules().display()));
    }
    match Command::new("node").arg("--version").output() {
        Ok(found) if found.status.success() => None,
        _ => Some("there is no node".to_owned()),
    }
}

/// Runs the checks for one page; screenshots stay in `target/screenshots`.
fn look(kind: &str, page: &Path) -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shots = root.join("target/screenshots");
    std::fs::create_dir_all(&shots)?;
    let output = Command::new("node")
        .arg(root.join(SCRIPT))
        .arg(kind)
        .args([page, &shots])
        .env("ACS_BROWSER_MODULES", modules())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

fn run() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let journal = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let page = folder.path().join("run.html");
    replace(&page, |out| Format::Html.write(&mut Report::open(&journal)?, out))?;
    look("run", &page)
}

fn matrix() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let mut reports = Vec::new();
    for (version, runtime) in
        [("1.0.0", "CPython 3.10"), ("1.1.1", "CPython 3.13"), ("1.2.0", "CPython 3.13")]
    {
        let mut sample = everything(sdk(version, runtime));
        if version == "1.0.0" {
            let case = "rooms::create-with-defaults::2025-03-13";
            sample = sample.rule(case, "VER-2", Status::Pass, 3);
        }
        let path = sample.save(folder.path(), &format!("{version}.jsonl"));
        reports.push(Report::open(&path)?);
    }
    let page = folder.path().join("matrix.html");
    let absent = Absent {
        implementation: sdk("0.9.0", "CPython 3.10"),
        target: "emulator".to_owned(),
        reason: "it ended before it said hello".to_owned(),
    };
    replace(&page, |out| write_matrix(&mut reports, &[absent], out))?;
    look("matrix", &page)
}
