//! The sum of a ledger: `created 12, deleted 12, leaked 0`.

use std::fmt;

/// How much was created and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub created: usize,
    pub deleted: usize,
    /// Known by id, and may still exist.
    pub leaked: usize,
    /// Creates whose answer never came: something may exist whose id nobody knows.
    pub unaccounted: usize,
}

impl Tally {
    pub const fn is_clean(&self) -> bool {
        self.leaked == 0 && self.unaccounted == 0
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.created += other.created;
        self.deleted += other.deleted;
        self.leaked += other.leaked;
        self.unaccounted += other.unaccounted;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { created, deleted, leaked, unaccounted } = self;
        write!(f, "created {created}, deleted {deleted}, leaked {leaked}")?;
        if *unaccounted > 0 {
            write!(f, ", unaccounted {unaccounted}")?;
        }
        Ok(())
    }
}
