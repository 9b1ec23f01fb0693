//! `run`: run scenarios.

use std::path::PathBuf;
use std::sync::Arc;

use super::report_files::ReportFiles;
use crate::driver::DriverKind;
use crate::exit::Exit;
use crate::judge::JudgeOptions;
use crate::plan::Case;
use crate::report::terminal::{Terminal, TerminalOptions};
use crate::report::{RecorderOptions, RunStarted, Sink, suite_digest};
use crate::run::{CaseOptions, Suite};
use crate::target::{Embedded, Target};
use crate::transcript::TargetKind;

#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Files, directories or globs; `scenarios` without any.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reports: ReportFiles,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let paths =
        if args.paths.is_empty() { vec![PathBuf::from("scenarios")] } else { args.paths.clone() };
    let loaded = crate::scenario::load(&paths);
    for diagnostic in &loaded.diagnostics {
        let file = diagnostic.file().map(|file| file.display().to_string()).unwrap_or_default();
        let line = diagnostic.place.as_ref().map_or(0, |place| place.line);
        anstream::eprintln!("error: {file}:{line}: {}", diagnostic.message);
    }
    let cases: Vec<Case> = loaded
        .scenarios
        .iter()
        .flat_map(|scenario| {
            scenario.api_versions.iter().map(|version| Case {
                scenario: scenario.clone(),
                api_version: version.clone(),
                repetition: 1,
            })
        })
        .collect();
    let print = loaded.scenarios.len() == 1;
    let target = Target::Emulator(Embedded::new()?);
    let started = RunStarted {
        cases: cases.len(),
        plan: &cases,
        selected: cases.len(),
        shard: None,
        suite: suite_digest(&loaded.scenarios),
        not_applicable: &[],
        diagnostics: &loaded.diagnostics,
        invalid_files: loaded.bad_files().len(),
        target: TargetKind::Emulator,
        driver: "wire",
        started: chrono::Utc::now(),
        seed: 0,
        jobs: 2,
    };
    let options = TerminalOptions {
        print,
        rerun: "acs-conformance run".to_owned(),
        ..TerminalOptions::default()
    };
    let terminal = Terminal::new(anstream::stderr(), anstream::stdout(), options);
    let mut sinks: Vec<Box<dyn Sink>> = vec![Box::new(terminal)];
    sinks.extend(args.reports.sink(RecorderOptions::default())?);
    let suite = Suite {
        cases: Arc::from(cases.clone()),
        target: Arc::new(target),
        driver: DriverKind::Wire,
        options: CaseOptions::default(),
        judge: JudgeOptions::default(),
        jobs: 2,
        fail_fast: false,
    };
    let finished = suite.run(&started, sinks).await;
    Ok(finished.exit.unwrap_or(Exit::Harness))
}
