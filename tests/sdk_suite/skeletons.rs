//! The skeletons that `sdk new` writes keep the protocol as they are.

use std::process::Command;

use libtest_mimic::{Failed, Trial};

use super::cells::{interpreter, is_required};

pub fn trials() -> Vec<Trial> {
    [("python", "adapter.py"), ("javascript", "adapter.mjs")]
        .into_iter()
        .map(|(language, file)| {
            let interpreter = interpreter(language);
            let missing = interpreter.is_none() && !is_required(language);
            let why = if missing { format!("[no {language} on the PATH]") } else { String::new() };
            let name = format!("skeleton::the_one_in_{language}_keeps_the_protocol{why}");
            Trial::test(name, move || check(language, file, interpreter)).with_ignored_flag(missing)
        })
        .collect()
}

fn check(language: &str, file: &str, interpreter: Option<&str>) -> Result<(), Failed> {
    let interpreter = interpreter.ok_or(format!("no {language} on the PATH"))?;
    let folder = tempfile::tempdir()?;
    let program = env!("CARGO_BIN_EXE_acs-conformance");
    let made =
        Command::new(program).args(["sdk", "new", language]).current_dir(folder.path()).output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
    }
    let checked = Command::new(program)
        .args(["sdk", "check", &format!("{interpreter} {file}")])
        .current_dir(folder.path())
        .output()?;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    if checked.status.success() && said.contains("the protocol is kept") {
        Ok(())
    } else {
        Err(said.into())
    }
}
