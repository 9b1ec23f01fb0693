//! The tutorial of `docs/adapters.md`, carried out as its reader would: its files are written, its
//! commands run, and what it shows is held against what is said.
//!
//! Comments in the page tell what no reader needs to see:
//!
//! - `<!-- file: NAME -->` before a code block: the block is the file NAME from here on.
//! - `<!-- mistake: OLD => NEW -->` before a console block: `adapter.py` has this mistake while the
//!   block's commands run.
//!
//! In a console block `$ ` begins a command; a line `⋮` stands for any lines, `…` within a line for
//! any text.

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use regex::Regex;

use super::cells::{interpreter, is_required};

const PAGE: &str = "docs/adapters.md";

pub fn trials() -> Vec<Trial> {
    let missing = interpreter("python").is_none() && !is_required("python");
    let missing = missing || cfg!(not(unix));
    let why = if missing { "[no python on the PATH]" } else { "" };
    let name = format!("tutorial::its_steps_say_what_it_shows{why}");
    vec![
        Trial::test(name, follow).with_ignored_flag(missing),
        Trial::test("tutorial::the_page_lists_every_feature_and_kind_of_error", complete),
    ]
}

fn page() -> Result<String, Failed> {
    Ok(std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE))?)
}

fn follow() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin)?;
    let python = interpreter("python").ok_or("no python on the PATH")?;
    let python = Command::new(python).args(["-c", "import sys; print(sys.executable)"]).output()?;
    let python = String::from_utf8_lossy(&python.stdout).trim().to_owned();
    #[cfg(unix)]
    for (name, program) in
        [("acs-conformance", env!("CARGO_BIN_EXE_acs-conformance")), ("python3", python.as_str())]
    {
        std::os::unix::fs::symlink(program, bin.join(name))?;
    }
    let mut commands = 0;
    for step in steps(&page()?)? {
        commands += carry_out(&step, folder.path())?;
    }
    // A page whose blocks are not recognised any more would pass with nothing done.
    if commands < 8 { Err(format!("only {commands} commands were found").into()) } else { Ok(()) }
}

/// A code block that means something to the test.
enum Step {
    File { name: String, text: String },
    Console { mistake: Option<(String, String)>, text: String },
}

fn steps(page: &str) -> Result<Vec<Step>, Failed> {
    let block =
        Regex::new(r"(?ms)(?:^<!-- (file|mistake): ([^\n]*) -->\n+)?^```(\w+)\n(.*?)^```$")?;
    let mut steps = Vec::new();
    for found in block.captures_iter(page) {
        let part = |index: usize| found.get(index).map_or("", |part| part.as_str()).to_owned();
        match (part(1).as_str(), part(3).as_str()) {
            ("file", _) => steps.push(Step::File { name: part(2), text: part(4) }),
            (_, "console") => {
                let change = part(2);
                let mistake = change.split_once(" => ");
                let mistake = mistake.map(|(old, new)| (old.to_owned(), new.to_owned()));
                steps.push(Step::Console { mistake, text: part(4) });
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// Carries a step out; tells how many commands ran.
fn carry_out(step: &Step, folder: &Path) -> Result<usize, Failed> {
    match step {
        Step::File { name, text } => {
            std::fs::write(folder.join(name), text)?;
            Ok(0)
        }
        Step::Console { mistake: None, text } => console(text, folder),
        Step::Console { mistake: Some((old, new)), text } => {
            let adapter = folder.join("adapter.py");
            let right = std::fs::read_to_string(&adapter)?;
            if !right.contains(old) {
                return Err(format!("adapter.py has no {old:?} to make a mistake of").into());
            }
            std::fs::write(&adapter, right.replace(old, new))?;
            let ran = console(text, folder);
            std::fs::write(&adapter, right)?;
            ran
        }
    }
}

fn console(text: &str, folder: &Path) -> Result<usize, Failed> {
    let mut ran = 0;
    for part in text.split("$ ").filter(|part| !part.trim().is_empty()) {
        let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
        let said = say(command, folder)?;
        if !expected(shown)?.is_match(&said) {
            return Err(format!("$ {command}\nshown:\n{shown}\nsaid:\n{said}").into());
        }
        ran += 1;
    }
    Ok(ran)
}

/// Both outputs of a command, as a terminal shows them.
fn say(command: &str, folder: &Path) -> Result<String, Failed> {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}; }} 2>&1")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", folder.join("bin").display()))
        .env("NO_COLOR", "1")
        // A reader's Python keeps what it prints until its buffer is full.
        .env_remove("PYTHONUNBUFFERED")
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What is shown, as a pattern: everything in its place, `⋮` for lines and `…` for text left out.
fn expected(shown: &str) -> Result<Regex, Failed> {
    let line = |line: &str| match line.trim() {
        "⋮" => "(?:[^\n]*\n)*?".to_owned(),
        _ => regex::escape(line).replace('…', "[^\n]*") + "\n",
    };
    let pattern: String = shown.lines().map(line).collect();
    Ok(Regex::new(&format!("^{pattern}$"))?)
}

/// The reference part names all that an adapter may declare, and all kinds of error.
fn complete() -> Result<(), Failed> {
    let page = page()?;
    let kinds =
        ["http", "transport", "timeout", "cancelled", "auth", "validation", "decode", "unexpected"];
    let features = acs_conformance::driver::adapter::features::KNOWN;
    let missing: Vec<&str> = features
        .iter()
        .map(|(id, _)| *id)
        .chain(kinds)
        .filter(|word| !page.contains(&format!("`{word}`")))
        .collect();
    let operations = acs_conformance::acs::Operation::ALL;
    let untold: Vec<&str> = operations
        .iter()
        .map(|operation| operation.name())
        .filter(|name| !page.contains(&format!("`{name}`")))
        .collect();
    if missing.is_empty() && untold.is_empty() {
        return Ok(());
    }
    Err(format!("{PAGE} does not tell of {missing:?} {untold:?}").into())
}
