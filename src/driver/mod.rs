//! Who performs an operation.
