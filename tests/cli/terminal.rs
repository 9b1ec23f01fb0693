//! What a person sees who sits in front of it: colours, the progress bar, and `run --watch`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn acs() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("acs-conformance"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// A pseudo terminal: the side that a person looks at, and the side that a program writes to.
fn terminal() -> (File, OwnedFd) {
    let (mut master, mut slave) = (-1, -1);
    let mut size = libc::winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
    let (name, settings) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the pointers are to values of the types that the call reads and fills.
    let opened =
        unsafe { libc::openpty(&raw mut master, &raw mut slave, name, settings, &raw mut size) };
    assert_eq!(opened, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: the call has just opened both, for nobody else.
    unsafe { (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) }
}

/// All that comes to standard error when it is a terminal, and the exit code.
fn on_terminal(command: &mut Command) -> (String, Option<i32>) {
    let (mut master, slave) = terminal();
    let mut child = command.stderr(slave).spawn().expect("it starts");
    // The parent's copy of the slave, without which the master has an end.
    command.stderr(Stdio::null());
    let mut seen = Vec::new();
    let mut bytes = [0; 4096];
    // A terminal that nobody writes to any more ends with an error.
    while let Ok(count @ 1..) = master.read(&mut bytes) {
        seen.extend_from_slice(&bytes[..count]);
    }
    let status = child.wait().expect("it ends");
    (String::from_utf8_lossy(&seen).into_owned(), status.code())
}

#[test]
fn a_terminal_shows_a_bar_while_cases_run_and_colours() {
    let (seen, exit) = on_terminal(acs().args(["run", "scenarios/validity"]));
    assert_eq!(exit, Some(0), "{seen}");
    let (running, after) = seen.rsplit_once("summary:").expect("a summary");
    assert!(running.contains('░') && running.contains("/52 "), "the bar: {seen:?}");
    assert!(running.contains("\u{1b}[32mok"), "green: {seen:?}");
    assert!(running.contains("validity::together::2025-03-13"), "each case: {seen:?}");
    assert!(!after.contains(['░', '█']), "no bar stays behind: {after:?}");
}

#[test]
fn a_single_case_needs_no_bar() {
    let (seen, _) = on_terminal(acs().args(["run", "scenarios/pstn.yaml"]));
    assert!(seen.contains("\u{1b}[32mok") && !seen.contains(['░', '█']), "{seen:?}");
}

#[test]
fn no_color_leaves_plain_lines_on_a_terminal() {
    let (seen, exit) = on_terminal(acs().args(["run", "scenarios/validity"]).env("NO_COLOR", "1"));
    assert_eq!(exit, Some(0), "{seen}");
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
    assert!(seen.contains("ok   validity::together::2025-03-13"), "{seen:?}");
}

#[test]
fn elsewhere_lines_are_plain_unasked() {
    let output = acs().args(["run", "scenarios/validity"]).output().expect("it runs");
    let seen = String::from_utf8_lossy(&output.stderr);
    assert!(!seen.contains(['\u{1b}', '░', '█']), "{seen:?}");
    let cases = seen.lines().filter(|line| line.starts_with("ok   validity::")).count();
    assert_eq!(cases, 52, "{seen}");
}

/// A run with `--watch`, and what it says.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(path: &Path) -> Self {
        let mut command = acs();
        command.arg("run").arg(path).arg("--watch").stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let (tell, lines) = channel();
        let errors = BufReader::new(child.stderr.take().expect("its errors"));
        std::thread::spawn(move || {
            errors.lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        Self { child, lines }
    }

    /// All that one run says, up to its waiting for a change.
    fn run(&self) -> String {
        let mut said = String::new();
        while !said.contains("watching for changes") {
            let line = self.lines.recv_timeout(PATIENCE);
            said.push_str(&line.unwrap_or_else(|error| panic!("{error} after:\n{said}")));
            said.push('\n');
        }
        said
    }

    fn interrupt(mut self) -> Option<i32> {
        let id = libc::pid_t::try_from(self.child.id()).expect("an id");
        // SAFETY: the process is a child that nobody has waited for yet.
        assert_eq!(unsafe { libc::kill(id, libc::SIGINT) }, 0);
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const HEAD: &str =
    "name: One\nevidence: { assumed: \"for a test\" }\napi-versions: [\"2025-03-13\"]\nsteps:\n";

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
}

#[test]
fn a_watched_run_repeats_when_a_file_changes_and_ends_with_130() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, part) = (folder.path().join("one.yaml"), folder.path().join("part.yaml"));
    let room = |id: &str| {
        format!(
            "group: {{}}\nsteps:\n  - call: {{ op: rooms.create, expect: {{ ok: {{ id: {id} }} }} }}\n"
        )
    };
    write(&part, &room("{ type: string }"));
    write(&one, &format!("{HEAD}  - use: {{ file: part.yaml }}\n"));
    let watching = Watching::start(&one);
    assert!(watching.run().contains("1 passed"));
    // A file that the scenario uses and nobody named.
    write(&part, &room("nonsense"));
    assert!(watching.run().contains("1 failed"));
    write(&one, "name: One\n");
    assert!(watching.run().contains("error[missing-key]"));
    write(&one, &format!("{HEAD}  - call: {{ op: rooms.list, expect: {{ ok: [] }} }}\n"));
    assert!(watching.run().contains("1 passed"));
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn a_file_that_appears_in_a_watched_folder_runs_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = format!("{HEAD}  - call: {{ op: rooms.list, expect: {{ ok: [] }} }}\n");
    write(&folder.path().join("one.yaml"), &list);
    let watching = Watching::start(&folder.path().join("*.yaml"));
    assert!(watching.run().contains("1 passed"));
    write(&folder.path().join("two.yaml"), &list);
    assert!(watching.run().contains("2 passed"));
    assert_eq!(watching.interrupt(), Some(130));
}
