//! The policies of the pipeline: what each rule demands of a request.

pub(super) mod authentication;
pub(super) mod identity;
pub(super) mod logging;
pub(super) mod redirect;
pub(super) mod repeatability;
pub(super) mod retry;
pub(super) mod tracing;
pub(super) mod version;
