//! Writing a file in one piece: readers see the old content or the new one, never a part.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Puts `bytes` in place of what is in the file, readable by the owner alone. A link stays and its
/// target is written; a device or a pipe is written to, never replaced.
///
/// # Errors
///
/// Whatever the file system says; the file that was there is untouched then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = destination(path)?;
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let directory = folder_of(&path);
    // Temporary files are made with mode 0600.
    let prefix = temporary_prefix(name_of(&path).unwrap_or_default());
    let mut file = tempfile::Builder::new().prefix(&prefix).tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_data()?;
    file.persist(&path).map_err(|error| error.error)?;
    sync_directory(directory);
    Ok(())
}

/// How many links may lead to a file; the system gives up after as many.
const LINKS: usize = 40;

/// Where `path` leads when it is a link; there need not be anything yet.
pub(crate) fn destination(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match std::fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Removes what killed processes left of writing this very file. Nobody may be writing it.
pub(super) fn remove_leftovers(path: &Path) {
    let Some(prefix) = name_of(path).map(temporary_prefix) else { return };
    let Ok(entries) = std::fs::read_dir(folder_of(path)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(&prefix));
        let ours = rest.is_some_and(|rest| {
            rest.len() == RANDOM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if ours {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Random letters at the end of a temporary file's name, as the library makes them.
const RANDOM: usize = 6;
/// Longer names do not go into those of temporary copies: a name ends at 255 bytes.
const NAMED: usize = 200;

fn name_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str().filter(|name| name.len() <= NAMED)
}

fn temporary_prefix(name: &str) -> String {
    format!(".acs-conformance-{name}-")
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes the new name last over a power cut, where the system can.
fn sync_directory(directory: &Path) {
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_content_takes_the_place_of_the_old_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("env");
        write_whole(&path, b"old").unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(write_whole(Path::new("/nowhere/at/all"), b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_its_target_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let (link, between) = (directory.path().join("link"), directory.path().join("between"));
        std::os::unix::fs::symlink("between", &link).unwrap();
        std::os::unix::fs::symlink(directory.path().join("target"), &between).unwrap();
        for content in [b"one", b"two"] {
            write_whole(&link, content).unwrap();
            assert_eq!(std::fs::read(directory.path().join("target")).unwrap(), content);
            assert!(link.is_symlink() && between.is_symlink());
        }
        let circle = directory.path().join("circle");
        std::os::unix::fs::symlink("circle", &circle).unwrap();
        assert!(write_whole(&circle, b"").is_err());
        assert!(circle.is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let from = path.clone();
        let reader = std::thread::spawn(move || std::fs::read(from).unwrap());
        write_whole(&path, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(path.metadata().unwrap().file_type().is_fifo());
    }

    #[test]
    fn leftovers_of_this_file_go_and_those_of_others_stay() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str| directory.path().join(name);
        let others = [".acs-conformance-a-b-123456", ".acs-conformance-a-12345", "a"];
        for name in others.iter().chain(&[".acs-conformance-a-1x3Y56"]) {
            std::fs::write(file(name), "").unwrap();
        }
        remove_leftovers(&file("a"));
        assert!(!file(".acs-conformance-a-1x3Y56").exists());
        assert!(others.iter().all(|name| file(name).exists()));
    }
}
