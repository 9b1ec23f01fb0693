//! Which files a path, a directory or a glob stands for.

use std::fs;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::super::Diagnostic;

/// Directories nest less deep than this; links may go round in circles.
const DEEPEST: usize = 16;

/// The files that `paths` stand for, each once, in the order given, those of a directory by name.
pub(super) fn discover(paths: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let found = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => directory(path, diagnostics),
            Ok(_) => vec![path.clone()],
            Err(error) => match glob(path, diagnostics) {
                Some(found) => found,
                None => {
                    diagnostics.push(missing(path, &error));
                    continue;
                }
            },
        };
        files.extend(found);
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.clone())));
    files
}

fn missing(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = path.display();
    if error.kind() != std::io::ErrorKind::NotFound {
        let message = format!("`{shown}` cannot be read: {error}");
        return Diagnostic::of_file("unreadable", message, path.to_path_buf());
    }
    if let Ok(to) = fs::read_link(path) {
        let message = format!("`{shown}` is a link to `{}`, which is not there", to.display());
        return Diagnostic::of_file("unreadable", message, path.to_path_buf());
    }
    let message = format!("there is no file or directory `{shown}`");
    let names = path.parent().map_or_else(Vec::new, |parent| {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        names(parent)
    });
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let near = super::super::closest(name, names.iter().map(String::as_str));
    Diagnostic::of_file("unreadable", message, path.to_path_buf())
        .maybe_help(near.map(|near| format!("did you mean `{near}`?")))
}

fn names(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn directory(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let told = diagnostics.len();
    walk(path, DEEPEST, &mut files, diagnostics);
    files.retain(|file| is_yaml(file));
    files.sort();
    // What could not be looked into may well hold some.
    if files.is_empty() && diagnostics.len() == told {
        let message = format!("there are no scenarios in `{}`", path.display());
        let nothing = Diagnostic::of_file("no-scenarios", message, path.to_path_buf());
        diagnostics.push(nothing.help("scenarios are files that end in .yaml"));
    }
    files
}

fn walk(path: &Path, depth: usize, files: &mut Vec<PathBuf>, diagnostics: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return diagnostics.push(missing(path, &error)),
    };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden {
            continue;
        }
        if path.is_dir() {
            if depth > 0 {
                walk(&path, depth - 1, files, diagnostics);
            }
        } else {
            files.push(path);
        }
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The files that a pattern such as `scenarios/**/*.yaml` fits; `None` when it is none.
fn glob(pattern: &Path, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<PathBuf>> {
    let text = pattern.to_str()?;
    if !text.contains(['*', '?', '[', '{']) {
        return None;
    }
    let matcher = match GlobBuilder::new(text).literal_separator(true).build() {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => {
            let message = format!("`{text}` is no pattern of files: {}", error.kind());
            diagnostics.push(Diagnostic::of_file("bad-glob", message, pattern.to_path_buf()));
            return Some(Vec::new());
        }
    };
    let plain: PathBuf = pattern
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let root = if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain };
    let mut files = Vec::new();
    walk(&root, DEEPEST, &mut files, &mut Vec::new());
    files.retain(|file| {
        matcher.is_match(file) || file.strip_prefix("./").is_ok_and(|file| matcher.is_match(file))
    });
    files.sort();
    if files.is_empty() {
        let message = format!("no file fits `{text}`");
        diagnostics.push(Diagnostic::of_file("no-scenarios", message, pattern.to_path_buf()));
    }
    Some(files)
}
