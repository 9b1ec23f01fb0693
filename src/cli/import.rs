//! `import`: write a scenario from a HAR recording.

use std::path::PathBuf;

use crate::cassette::{Har, compose};
use crate::cli::output::{print, warn};
use crate::exit::Exit;
use crate::report::replace;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A recording: a cassette of `run --record`, or what a browser or proxy saved.
    from: PathBuf,
    /// Write to FILE rather than to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there already.
    #[arg(long, requires = "output")]
    force: bool,
    /// The scenario's name; without it the recording's file name.
    #[arg(long)]
    name: Option<String>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    if let Some(path) = args.output.as_ref().filter(|path| path.is_file() && !args.force) {
        warn!("error: `{}` is there already; --force replaces it", path.display());
        return Ok(Exit::Invalid);
    }
    let har = match Har::open(&args.from) {
        Ok(har) => har,
        Err(error) => {
            warn!("error: {error}");
            return Ok(Exit::Invalid);
        }
    };
    let file = args.from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.name.unwrap_or_else(|| file.trim_end_matches(".har").to_owned());
    let text = match compose(&har, &name, &format!("a recording, {file}")) {
        Ok(text) => text,
        Err(error) => {
            warn!("error: {}: {error}", args.from.display());
            return Ok(Exit::Invalid);
        }
    };
    match args.output {
        Some(path) => replace(&path, |out| out.write_all(text.as_bytes()))?,
        None => print(text),
    }
    Ok(Exit::Success)
}
