//! Where a snapshot lies, and insta's file format.

use std::io;
use std::path::{Path, PathBuf};

use crate::judge::JudgeOptions;
use crate::transcript::Transcript;

/// A snapshot on disk: `snapshots/<area>__<name>@<api-version>.snap`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    pub path: PathBuf,
    /// The scenario is a built-in one, word for word, and not read from a file.
    of_built_in: bool,
}

/// Where the snapshot of a transcript lies; `None` for a scenario outside any `scenarios/` folder
/// when no directory is given.
pub fn location(transcript: &Transcript, options: &JudgeOptions) -> Option<SnapshotFile> {
    let scenario = &transcript.scenario;
    let directory = beside(&scenario.source.path).or_else(|| options.snapshot_directory.clone())?;
    let name = format!("{}__{}@{}.snap", scenario.area, scenario.slug, transcript.api_version);
    let source = &scenario.source;
    let of_built_in = source.path.to_str().and_then(crate::builtin::text)
        == Some(source.text.as_str())
        && !source.path.exists();
    Some(SnapshotFile { path: directory.join(name), of_built_in })
}

/// The `snapshots/` beside the `scenarios/` that holds the file.
fn beside(scenario: &Path) -> Option<PathBuf> {
    let folder = scenario
        .ancestors()
        .skip(1)
        .find(|folder| folder.file_name().is_some_and(|name| name == "scenarios"))?;
    Some(folder.with_file_name("snapshots"))
}

impl SnapshotFile {
    /// The contents, without insta's header; `None` when there is no such file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn read(&self) -> io::Result<Option<String>> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(contents(&text).to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.built_in()),
            Err(error) => Err(error),
        }
    }

    /// The built-in scenarios bring their snapshots along; they are no files here.
    fn built_in(&self) -> Option<String> {
        if !self.of_built_in {
            return None;
        }
        let name = self.path.file_name()?.to_str()?;
        crate::builtin::text(&format!("snapshots/{name}")).map(|text| contents(text).to_owned())
    }

    /// Writes the snapshot itself, and takes a pending one away.
    ///
    /// # Errors
    ///
    /// When the directory cannot be written.
    pub fn accept(&self, transcript: &Transcript, contents: &str) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        write(&self.path, transcript, contents)?;
        self.forget_pending();
        Ok(())
    }

    /// Writes `.snap.new` beside it, which `cargo insta review` finds.
    ///
    /// # Errors
    ///
    /// When the directory cannot be written.
    pub fn propose(&self, transcript: &Transcript, contents: &str) -> io::Result<()> {
        write(&self.pending(), transcript, contents)
    }

    /// What was pending is settled.
    pub fn forget_pending(&self) {
        // There is none as a rule, and one that stays is proposed again next time.
        let _ = std::fs::remove_file(self.pending());
    }

    fn pending(&self) -> PathBuf {
        self.path.with_extension("snap.new")
    }
}

/// In one piece: a reader sees the old file or the new one.
fn write(path: &Path, transcript: &Transcript, contents: &str) -> io::Result<()> {
    let scenario = &transcript.scenario;
    let text = format!(
        "---\nsource: tests/scenarios.rs\nexpression: {}::{}::{}\n---\n{contents}\n",
        scenario.area, scenario.slug, transcript.api_version
    );
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let file = tempfile::NamedTempFile::new_in(directory)?;
    std::fs::write(file.path(), text)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// What follows the header between the two lines of dashes.
fn contents(text: &str) -> &str {
    let text = text.strip_prefix("---\n").unwrap_or(text);
    let body = text.split_once("\n---\n").map_or(text, |(_, body)| body);
    body.trim_end_matches(['\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_no_part_of_a_snapshot() {
        assert_eq!(contents("---\nsource: x\n---\n{\n}\n"), "{\n}");
    }

    #[test]
    fn snapshots_lie_beside_the_scenarios_folder_however_deep_the_file() {
        assert_eq!(
            beside(Path::new("a/scenarios/rooms/b.yaml")),
            Some(PathBuf::from("a/snapshots"))
        );
        assert_eq!(beside(Path::new("scenarios/b.yaml")), Some(PathBuf::from("snapshots")));
        assert_eq!(beside(Path::new("elsewhere/b.yaml")), None);
    }
}
