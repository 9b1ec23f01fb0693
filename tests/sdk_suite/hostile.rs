//! Adapters that misbehave: each ends in the right verdict, nothing is left running, and the other
//! cases still run.

use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

use super::hostile_adapter::WORD;

/// What is asked of the adapter, the verdict of that case, the exit code, and words that must be said.
const MODES: [(&str, &str, i32, &str); 16] = [
    ("crash", "crashed", 1, "these are my last words"),
    ("hang", "timed-out", 1, "no result for rooms.get within"),
    ("hang-on-goodbye", "pass", 0, "did not end within 3s after bye; SIGTERM ended it"),
    ("split-lines", "pass", 0, ""),
    ("noise", "pass", 0, ""),
    ("wrong-id", "protocol", 1, "a result for \"somebody-else\", which no call has asked for"),
    ("two-results", "protocol", 1, "a second result for"),
    ("late-result", "timed-out", 1, "no result for rooms.get within"),
    ("invalid-json", "protocol", 1, "a protocol line is not JSON"),
    ("long-line", "protocol", 1, "longer than 1048576 bytes"),
    ("flood", "protocol", 1, "more than 8388608 bytes of log came during one call"),
    ("deaf", "timed-out", 1, "no result for rooms.get within"),
    ("open-stdout", "crashed", 1, "exit status: 7"),
    ("chatty-child", "crashed", 1, "exit status: 7"),
    (
        "excuse",
        "refused",
        1,
        "for want of \"my-own-excuse\", which it was not asked for: not today",
    ),
    ("refuse", "refused", 1, "declares the feature \"op:rooms.get\""),
];

pub fn trials() -> Vec<Trial> {
    let mode = |(mode, verdict, code, words)| {
        let name = format!("hostile::an_adapter_that_does_{}_is_{verdict}", word(mode));
        Trial::test(name, move || misbehave(mode, verdict, code, words))
            .with_ignored_flag(cfg!(not(unix)))
    };
    let mut trials: Vec<Trial> = MODES.into_iter().map(mode).collect();
    trials.push(
        Trial::test("hostile::an_adapter_that_does_not_start_is_exit_4", cannot_start)
            .with_ignored_flag(cfg!(not(unix))),
    );
    trials.push(
        Trial::test("hostile::an_adapter_that_always_crashes_is_given_up_with_exit_4", gives_up)
            .with_ignored_flag(cfg!(not(unix))),
    );
    trials.push(
        Trial::test("hostile::a_failure_counts_in_the_timing_lane_when_it_comes_twice", twice)
            .with_ignored_flag(cfg!(not(unix))),
    );
    trials
}

/// What takes the machine's time fails a case that waits: it is tried once more, and alone.
fn twice() -> Result<(), Failed> {
    for (lane, verdict, code) in [("timing", "pass", 0), ("fast", "fail", 1)] {
        let folder = tempfile::tempdir()?;
        scenario(folder.path(), "once", "first-fails")?;
        let path = folder.path().join("once.yaml");
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(&path, format!("lane: {lane}\n{text}"))?;
        let output = run(folder.path(), "twice")?;
        let said = text_of(&output);
        expect(&said, output.status.code() == Some(code), &format!("exit code {code} in {lane}"))?;
        let line = said.lines().any(|line| line.starts_with(verdict) && line.contains("::once::"));
        expect(&said, line, &format!("the verdict {verdict} in {lane}"))?;
        let note =
            said.contains("went wrong in its first run, and the second counts: expected 404");
        expect(&said, note == (lane == "timing"), "what went wrong first")?;
    }
    Ok(())
}

fn word(mode: &str) -> String {
    mode.replace('-', "_")
}

fn misbehave(mode: &str, verdict: &str, code: i32, words: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for (name, room) in [("a-calm", "calm"), ("b-hostile", mode), ("c-calm", "calm")] {
        scenario(folder.path(), name, room)?;
    }
    let mark = format!("{mode}-{}", std::process::id());
    let output = run(folder.path(), &mark)?;
    let said = text_of(&output);
    expect(&said, output.status.code() == Some(code), &format!("exit code {code}"))?;
    for (name, verdict) in [("a-calm", "pass"), ("b-hostile", verdict), ("c-calm", "pass")] {
        let line = said.lines().any(|line| {
            line.starts_with(&format!("{verdict} ")) && line.contains(&format!("::{name}::"))
        });
        expect(&said, line, &format!("the verdict {verdict} for {name}"))?;
    }
    expect(&said, said.contains(words), &format!("the words: {words}"))?;
    expect(&said, left_running(&mark).is_empty(), "nothing left running")
}

fn cannot_start() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    scenario(folder.path(), "calm", "calm")?;
    for adapter in ["/nowhere/adapter", "false", "sh -c 'echo @@nonsense; sleep 9'"] {
        let output = sdk_run(adapter, folder.path(), "start").output()?;
        let said = text_of(&output);
        expect(&said, output.status.code() == Some(4), &format!("exit code 4 for {adapter}"))?;
    }
    Ok(())
}

fn gives_up() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    for number in 1..=8 {
        scenario(folder.path(), &format!("crash-{number}"), "crash")?;
    }
    let output = run(folder.path(), "gives-up")?;
    let said = text_of(&output);
    expect(&said, output.status.code() == Some(4), "exit code 4")?;
    let crashed = said.lines().filter(|line| line.starts_with("crashed ")).count();
    expect(&said, crashed == 4, "one start and three restarts in a row")?;
    let not_run = said.lines().filter(|line| line.starts_with("not-run ")).count();
    expect(&said, not_run == 4, "the rest is not run")?;
    expect(&said, said.contains("0 passed, 4 failed, 4 not run"), "the sum says so too")
}

fn scenario(folder: &Path, name: &str, room: &str) -> std::io::Result<()> {
    let text = format!(
        "name: {name}\nevidence: {{ assumed: a test }}\napi-versions: [\"2025-03-13\"]\nsteps:\n  - call: {{ op: rooms.get, with: {{ room_id: {room} }}, timeout: 1s, expect: {{ error: {{ status: 404 }} }} }}\n"
    );
    std::fs::write(folder.join(format!("{name}.yaml")), text)
}

fn run(folder: &Path, mark: &str) -> Result<Output, Failed> {
    let program = std::env::current_exe()?;
    Ok(sdk_run(&format!("'{}' {WORD}", program.display()), folder, mark).output()?)
}

fn sdk_run(adapter: &str, folder: &Path, mark: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acs-conformance"));
    command.args(["sdk", "run", "--jobs", "1", "--adapter", adapter]).arg(folder);
    command.env("ACS_HOSTILE_MARK", mark);
    command
}

fn text_of(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    )
}

fn expect(said: &str, met: bool, what: &str) -> Result<(), Failed> {
    if met { Ok(()) } else { Err(format!("missing: {what}\n{said}").into()) }
}

/// Processes that were started with our mark in their environment and still run.
fn left_running(mark: &str) -> Vec<String> {
    let variable = format!("ACS_HOSTILE_MARK={mark}");
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let environment = std::fs::read(path.join("environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|one| one == variable.as_bytes())
        })
        .map(|path| path.display().to_string())
        .collect()
}
