//! The state file: what all resources hold, kept over restarts.
//!
//! Written whole after every change, before the change is answered; changes that come while a
//! write is under way share the next one. So a kill at any moment loses at most what was not
//! answered, and the file is never torn by us.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use super::resource::Resource;
use super::seed::Seed;
use super::service::State;
use super::state_lock::StateLock;
use super::whole_file::{destination, remove_leftovers, write_whole};

const FORMAT: &str = "acs-conformance emulator state";
const VERSION: u64 = 1;

/// Why a state file cannot be used. It is left untouched.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    #[error("cannot read the state file {}: {reason}", path.display())]
    Read { path: PathBuf, reason: io::Error },
    #[error("{} is no state file of this program ({reason}); it is left untouched, name another one", path.display())]
    Foreign { path: PathBuf, reason: String },
    #[error(
        "the state file {} is torn or was changed by hand (its checksum does not fit); it is left \
         untouched, restore it or move it away",
        path.display()
    )]
    Torn { path: PathBuf },
    #[error("the state file {} has version {found}, this program reads {VERSION}; it is left untouched", path.display())]
    Version { path: PathBuf, found: Value },
    #[error("the state file {} holds {found} resources, not {wanted}; it is left untouched", path.display())]
    Resources { path: PathBuf, found: usize, wanted: usize },
    #[error(
        "the state file {} is in use by another emulator; stop that one, or name another file",
        path.display()
    )]
    InUse { path: PathBuf },
    #[error("cannot write the state file {}: {reason}", path.display())]
    Write { path: PathBuf, reason: io::Error },
}

/// What a state file holds of one resource.
pub(super) struct Kept {
    /// From which its keys and ids follow.
    pub seed: Seed,
    pub state: State,
}

/// Makes a state file this emulator's own: where it really lies, the lock on it, and no copies of
/// it that a killed process left behind.
///
/// # Errors
///
/// Another emulator has it, or it cannot be written.
pub(super) fn claim(path: &Path) -> Result<(PathBuf, Arc<StateLock>), StateFileError> {
    let found = destination(path)
        .map_err(|reason| StateFileError::Write { path: path.to_owned(), reason })?;
    if found.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let reason = "it is no regular file".to_owned();
        return Err(StateFileError::Foreign { path: path.to_owned(), reason });
    }
    let lock = StateLock::take(&found)?;
    remove_leftovers(&found);
    Ok((found, Arc::new(lock)))
}

/// Reads a state file; `None` when there is none yet.
///
/// # Errors
///
/// A file that is not whole, not ours, or not for so many resources.
pub(super) fn read(path: &Path, resources: usize) -> Result<Option<Vec<Kept>>, StateFileError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(reason) => return Err(StateFileError::Read { path: path.to_owned(), reason }),
    };
    let kept = parse(path, &bytes)?;
    if kept.len() != resources {
        let (path, found) = (path.to_owned(), kept.len());
        return Err(StateFileError::Resources { path, found, wanted: resources });
    }
    Ok(Some(kept))
}

/// Reads the content of a state file. `path` is for messages.
fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<Kept>, StateFileError> {
    let foreign = |reason: String| StateFileError::Foreign { path: path.to_owned(), reason };
    let torn = || StateFileError::Torn { path: path.to_owned() };
    let starts = bytes.starts_with(format!("{{\"format\":\"{FORMAT}\"").as_bytes());
    let document: Value = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(_) if starts => return Err(torn()),
        Err(error) => return Err(foreign(error.to_string())),
    };
    if document.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(foreign("it does not say so in `format`".to_owned()));
    }
    match document.get("version") {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        found => {
            let found = found.cloned().unwrap_or_default();
            return Err(StateFileError::Version { path: path.to_owned(), found });
        }
    }
    let resources = document.get("resources").ok_or_else(torn)?;
    if document.get("sha256").and_then(Value::as_str) != Some(&checksum(&resources.to_string())) {
        return Err(torn());
    }
    let resources = resources.as_array().ok_or_else(torn)?;
    resources.iter().map(|kept| read_kept(kept).map_err(foreign)).collect()
}

fn read_kept(kept: &Value) -> Result<Kept, String> {
    let seed = kept.get("seed").and_then(Value::as_str).and_then(read_hex).ok_or("no `seed`")?;
    let state = kept.get("state").ok_or("no `state`")?;
    let state = super::resource::read_state(state)?;
    Ok(Kept { seed: Seed::from_bytes(seed), state })
}

fn document(resources: &[Arc<Resource>]) -> String {
    let kept: Vec<Value> = resources
        .iter()
        .map(|resource| json!({ "seed": hex(&resource.seed.bytes()), "state": resource.state() }))
        .collect();
    let kept = Value::Array(kept).to_string();
    let sum = checksum(&kept);
    format!(
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"sha256\":\"{sum}\",\"resources\":{kept}}}\n"
    )
}

fn checksum(text: &str) -> String {
    hex(&Sha256::digest(text).into())
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Tells the writer of changes, and waits for them to be written. Clones tell the same writer.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    /// Number of the newest change.
    changes: Arc<watch::Sender<u64>>,
    written: watch::Receiver<Written>,
}

/// Up to which change all is in the file, and why the last write failed.
#[derive(Debug, Clone, Default)]
struct Written {
    change: u64,
    failure: Option<String>,
}

/// The other end of a [`Keeper`].
pub(super) struct Writer {
    path: PathBuf,
    /// Gone once the emulator is: then another one may have the file.
    lock: Weak<StateLock>,
    changes: watch::Receiver<u64>,
    written: watch::Sender<Written>,
}

impl Keeper {
    pub(super) fn new(path: &Path, lock: &Arc<StateLock>) -> (Self, Writer) {
        let changes = watch::Sender::new(0);
        let written = watch::Sender::new(Written::default());
        let (heard, wrote) = (changes.subscribe(), written.subscribe());
        let (path, lock) = (path.to_owned(), Arc::downgrade(lock));
        let writer = Writer { path, lock, changes: heard, written };
        (Self { changes: Arc::new(changes), written: wrote }, writer)
    }

    /// Numbers a change that was just made; called while the resource is still locked, so that
    /// whoever reads the state later reads this change too.
    pub(super) fn changed(&self) -> u64 {
        let mut number = 0;
        self.changes.send_modify(|changes| {
            *changes += 1;
            number = *changes;
        });
        number
    }

    /// Waits until the change is in the file.
    ///
    /// # Errors
    ///
    /// Why it could not be written.
    pub(super) async fn kept(&self, change: u64) -> Result<(), String> {
        let mut written = self.written.clone();
        let written = written.wait_for(|written| written.change >= change).await;
        match written {
            Ok(written) => written.failure.clone().map_or(Ok(()), Err),
            Err(_) => Err("the emulator is stopping".to_owned()),
        }
    }
}

impl Writer {
    /// Writes the file once, to find out that it can be written.
    pub(super) fn write_first(&self, resources: &[Arc<Resource>]) -> Result<(), StateFileError> {
        write_whole(&self.path, document(resources).as_bytes())
            .map_err(|reason| StateFileError::Write { path: self.path.clone(), reason })
    }

    /// Writes after every change, until nobody can make one any more.
    pub(super) async fn run(mut self, resources: Vec<Arc<Resource>>) {
        while self.changes.changed().await.is_ok() {
            let change = *self.changes.borrow_and_update();
            let Some(lock) = self.lock.upgrade() else { return };
            let (path, shared) = (self.path.clone(), resources.clone());
            let wrote = tokio::task::spawn_blocking(move || {
                let wrote = write_whole(&path, document(&shared).as_bytes());
                drop(lock);
                wrote
            })
            .await;
            let failure = match wrote {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(error) => Some(error.to_string()),
            };
            if let Some(failure) = &failure {
                tracing::error!(file = %self.path.display(), failure, "cannot write the state file");
            }
            self.written.send_replace(Written { change, failure });
        }
    }
}

/// For fuzzing: reads any bytes as a state file.
#[doc(hidden)]
pub fn read_any(bytes: &[u8]) -> Result<usize, StateFileError> {
    parse(Path::new("state"), bytes).map(|kept| kept.len())
}
