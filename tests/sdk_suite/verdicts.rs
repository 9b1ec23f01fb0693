//! Verdicts on an SDK as it ships: two sides, what was never exercised, warnings, observations,
//! features that are declared in vain.

use std::path::Path;
use std::process::{Command, Output};

use acs_conformance::sdk::{Cell, Language};
use libtest_mimic::{Failed, Trial};

use super::cells::{is_required, newest, sdk_run};

type Test = fn(&Cell) -> Result<(), Failed>;

/// All look at the same SDK, whose faults are few and well known.
pub fn trials() -> Vec<Trial> {
    let tests: [(&str, Test); 7] = [
        ("interface_and_wire_are_two_verdicts", two_sides),
        ("a_rule_that_nothing_exercised_is_shown_and_not_green", not_exercised),
        ("a_broken_should_is_red_unless_baselined_or_allowed", warnings),
        ("ret_4_is_observed", conflict_is_observed),
        ("ret_8_is_observed", precedence_is_observed),
        ("a_feature_that_is_declared_and_refused_is_a_failure", refused),
        ("a_feature_that_is_declared_and_absent_is_a_failure", absent),
    ];
    let cell = newest(Language::Javascript).into_iter().next();
    let ignored = cell.is_none() && !is_required(Language::Javascript.name());
    let trial = |(name, test): (&str, Test)| {
        let cell = cell.clone();
        Trial::test(format!("verdicts::{name}"), move || {
            test(cell.as_ref().ok_or("the SDK for JavaScript is not installed")?)
        })
        .with_ignored_flag(ignored)
    };
    tests.into_iter().map(trial).collect()
}

fn two_sides(cell: &Cell) -> Result<(), Failed> {
    let said = Said::of(scenarios(cell, &["version-next-link", "errors-headers"]))?;
    said.exits(1)?;
    said.has("pass       fail     conformance::version-next-link::")?;
    said.has("fail       fail     conformance::errors-headers::")
}

fn not_exercised(cell: &Cell) -> Result<(), Failed> {
    let said = Said::of(scenarios(cell, &["retry-final"]))?;
    said.exits(0)?;
    let line = said.0.lines().find(|line| line.contains("not exercised: ")).unwrap_or_default();
    let (idle, met) = (line.contains(" RET-1,"), line.contains(" RET-3,"));
    said.expect(idle && !met, "RET-1 among the rules not exercised, and RET-3 not")?;
    Said::of(scenarios(cell, &["retry-final"]).arg("--require-coverage"))?.exits(1)
}

fn warnings(cell: &Cell) -> Result<(), Failed> {
    let run = || scenarios(cell, &["paging-origin"]);
    let said = Said::of(&mut run())?;
    said.has("PAG-7: not kept (SHOULD) in 1 case")?;
    said.exits(1)?;
    Said::of(run().arg("--allow-warnings"))?.exits(0)?;
    let folder = tempfile::tempdir()?;
    for (mode, code) in [("warns", 0), ("fails", 1)] {
        let baseline = folder.path().join("known-failures.yaml");
        let entry = format!(
            "entries:\n  - {{ case: 'conformance::paging-origin::*/PAG-7', mode: {mode}, reason: r, issue: i }}\n"
        );
        std::fs::write(&baseline, entry)?;
        Said::of(run().arg("--baseline").arg(&baseline))?.exits(code)?;
    }
    Ok(())
}

fn conflict_is_observed(cell: &Cell) -> Result<(), Failed> {
    observed(cell, "retry-after-on-conflict", "RET-4", "409 with Retry-After: ")
}

fn precedence_is_observed(cell: &Cell) -> Result<(), Failed> {
    observed(cell, "retry-precedence", "RET-8", "retry-after-ms and Retry-After: ")
}

/// The report holds what the SDK did, and neither praises nor blames it.
fn observed(cell: &Cell, scenario: &str, rule: &str, words: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.jsonl");
    let said = Said::of(scenarios(cell, &[scenario]).arg("--report").arg(&report))?;
    said.exits(0)?;
    let text = std::fs::read_to_string(&report)?;
    let mut records =
        text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let found =
        records.find(|record| record["rule"] == rule && record["status"] != "not-exercised");
    let record = found.ok_or(format!("{rule} is not in the report"))?;
    said.expect(record["status"] == "info", &format!("the status info in {record}"))?;
    let message = record["findings"][0]["message"].as_str().unwrap_or_default();
    said.expect(message.contains(words), &format!("{words:?} in {record}"))
}

/// The adapter is asked for an operation that it does not know, though it declares all of them.
fn refused(cell: &Cell) -> Result<(), Failed> {
    let asked = format!("sh -c \"sed -u s/rooms[.]list/rooms.lists/ | {}\"", cell.command);
    let said = Said::of(scenarios(&Cell { command: asked, ..cell.clone() }, &["retry-final"]))?;
    said.exits(1)?;
    said.has("refused ")?;
    said.has("declares the feature \"op:rooms.lists\" and then answers \"unsupported\"")
}

/// The adapter declares that the SDK passes traces on, which it does not.
fn absent(cell: &Cell) -> Result<(), Failed> {
    let declared = format!("sh -c \"{} | sed -u s/cancel/tracing/\"", cell.command);
    let said =
        Said::of(scenarios(&Cell { command: declared, ..cell.clone() }, &["identity-tracing"]))?;
    said.exits(1)?;
    said.has("ID-6: broken in 1 case")
}

fn scenarios(cell: &Cell, names: &[&str]) -> Command {
    let mut command = sdk_run(cell);
    let folder = Path::new("scenarios/conformance");
    command.args(names.iter().map(|name| folder.join(format!("{name}.yaml"))));
    command
}

/// What a run said, all of it.
struct Said(String, Option<i32>);

impl Said {
    fn of(mut command: impl std::borrow::BorrowMut<Command>) -> Result<Self, Failed> {
        let Output { status, stdout, stderr } = command.borrow_mut().output()?;
        let text = [stderr, stdout].concat();
        Ok(Self(String::from_utf8_lossy(&text).into_owned(), status.code()))
    }

    fn exits(&self, code: i32) -> Result<(), Failed> {
        self.expect(self.1 == Some(code), &format!("exit code {code}, not {:?}", self.1))
    }

    fn has(&self, words: &str) -> Result<(), Failed> {
        self.expect(self.0.contains(words), words)
    }

    fn expect(&self, met: bool, what: &str) -> Result<(), Failed> {
        if met { Ok(()) } else { Err(format!("missing: {what}\n{}", self.0).into()) }
    }
}
