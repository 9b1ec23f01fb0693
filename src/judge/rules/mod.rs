//! The wire rules, one file per family.
