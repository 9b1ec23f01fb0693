//! A small SDK of our own, with switchable faults.
