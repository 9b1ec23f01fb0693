//! Where a case runs.
