//! `sdk new`: a commented adapter to begin with.

use std::io::Write as _;
use std::path::PathBuf;

use crate::cli::output::{print, say, warn};
use crate::driver::adapter::Skeleton;
use crate::exit::Exit;
use crate::report::quoted;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Programming language of the SDK.
    language: Skeleton,
    /// Where to write it; `-` prints it [default: adapter.py, adapter.mjs, …].
    file: Option<PathBuf>,
}

pub fn carry_out(args: &Args) -> anyhow::Result<Exit> {
    let skeleton = args.language;
    let path = args.file.clone().unwrap_or_else(|| skeleton.file_name().into());
    if path.as_os_str() == "-" {
        print(skeleton.text());
        return Ok(Exit::Success);
    }
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = match file {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            warn!("error: {} exists already; name another file", path.display());
            return Ok(Exit::Invalid);
        }
        Err(error) => {
            warn!("error: {} cannot be written: {error}", path.display());
            return Ok(Exit::Invalid);
        }
        Ok(file) => file,
    };
    file.write_all(skeleton.text().as_bytes())?;
    let interpreter = skeleton.interpreter();
    say!("wrote {}", path.display());
    let command = format!("{interpreter} {}", quoted(&path.to_string_lossy()));
    say!("next: acs-conformance sdk check {}", quoted(&command));
    Ok(Exit::Success)
}
