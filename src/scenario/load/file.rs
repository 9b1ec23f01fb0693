//! A file's text.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::super::{Diagnostic, Source};

/// The largest scenario: a thousand times a usual one.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Reads a file that must be text, of a sensible size.
pub(super) fn read(path: &Path) -> Result<Arc<Source>, Box<Diagnostic>> {
    let fail =
        |code, message: String| Box::new(Diagnostic::of_file(code, message, path.to_path_buf()));
    let unreadable =
        |error: std::io::Error| fail("unreadable", format!("this file cannot be read: {error}"));
    // Looked at before it is opened: to open a pipe is to wait for somebody who writes to it.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(fail("unreadable", "this is a directory, not a file".into()));
    }
    if !metadata.is_file() {
        let why = "this is a pipe, a socket or a device: only regular files are read";
        return Err(fail("unreadable", why.into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    if metadata.len() > LARGEST {
        return Err(Box::new(too_large(path, metadata.len())));
    }
    let mut bytes = Vec::new();
    // It may have grown since.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Box::new(too_large(path, LARGEST + 1)));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        fail("binary", format!("this file is no text: byte {at} is no UTF-8"))
    })?;
    source(path, &text)
}

/// The source of a text at hand.
pub(super) fn source(path: &Path, text: &str) -> Result<Arc<Source>, Box<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(at) = text.find('\0') {
        let message = format!("this file is no text: byte {at} is zero");
        return Err(Box::new(Diagnostic::of_file("binary", message, path.to_path_buf())));
    }
    if text.trim().is_empty() {
        let empty = Diagnostic::of_file("empty", "this file is empty", path.to_path_buf());
        return Err(Box::new(empty.help("`acs-conformance new <name>` writes a starter file")));
    }
    Ok(Arc::new(Source { path: path.to_path_buf(), text: text.to_owned() }))
}

fn too_large(path: &Path, length: u64) -> Diagnostic {
    let message = format!("this file has {length} bytes, and a scenario may have {LARGEST}");
    Diagnostic::of_file("too-large", message, path.to_path_buf())
        .help("large bodies are made with `${repeat(\"x\", 1000000)}`")
}
