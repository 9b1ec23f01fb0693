//! The world of one case: its resources, its client, and the emulator where there is one.

use std::path::PathBuf;

use crate::driver::adapter::Access;
use crate::driver::wire::Client;
use crate::transcript::TargetKind;

/// Where one case runs. On the embedded emulator each case has its own.
#[derive(Debug)]
pub struct World {
    pub kind: TargetKind,
    /// At least one; steps name them from 1.
    pub resources: Vec<Resource>,
    /// The harness's own client: raw requests, cleanup, the wire driver.
    pub client: Client,
    /// The authority that children trust, as a PEM file.
    pub ca_file: Option<PathBuf>,
}

/// One resource of a world.
#[derive(Debug)]
pub struct Resource {
    /// Scheme and authority, without a trailing slash.
    pub endpoint: String,
    /// What a child process may know of it: never a live key.
    pub access: Access,
}
