//! The budget: how many requests, rooms and users a run may cost.

use std::sync::{Mutex, PoisonError};

use crate::transcript::ResourceKind;

/// Upper bounds of a run; absent is no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    pub requests: Option<u64>,
    pub rooms: Option<u64>,
    pub users: Option<u64>,
}

/// What a run has cost so far. Every attempt counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    pub requests: u64,
    pub rooms: u64,
    pub users: u64,
}

/// A bound is reached; the request was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the budget of {limit} {what} is used up, so this request was not sent; raise it with \
     --max-{what}, or see `--estimate` for what the cases need"
)]
pub struct BudgetError {
    pub limit: u64,
    pub what: &'static str,
}

/// A budget with what is spent of it.
#[derive(Debug, Default)]
pub(super) struct Purse {
    budget: Budget,
    spent: Mutex<Spent>,
}

impl Purse {
    pub fn new(budget: Budget) -> Self {
        Self { budget, spent: Mutex::default() }
    }

    pub fn spent(&self) -> Spent {
        *self.lock()
    }

    /// Pays for one request. Undoing is paid for whatever the budget says: what exists must go.
    pub fn pay(&self, creates: Option<ResourceKind>, cleanup: bool) -> Result<(), BudgetError> {
        let mut spent = self.lock();
        let mut after = *spent;
        after.requests += 1;
        match creates {
            Some(ResourceKind::Room) => after.rooms += 1,
            Some(ResourceKind::User) => after.users += 1,
            None => {}
        }
        if !cleanup {
            self.check(after)?;
        }
        *spent = after;
        Ok(())
    }

    fn check(&self, spent: Spent) -> Result<(), BudgetError> {
        for (limit, spent, what) in [
            (self.budget.requests, spent.requests, "requests"),
            (self.budget.rooms, spent.rooms, "rooms"),
            (self.budget.users, spent.users, "users"),
        ] {
            if let Some(limit) = limit.filter(|limit| spent > *limit) {
                return Err(BudgetError { limit, what });
            }
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_beyond_the_budget_is_refused_and_costs_nothing() {
        let purse = Purse::new(Budget { requests: Some(3), rooms: Some(1), users: None });
        assert_eq!(purse.pay(Some(ResourceKind::Room), false), Ok(()));
        let error = purse.pay(Some(ResourceKind::Room), false).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("the budget of 1 rooms")));
        assert_eq!(purse.pay(Some(ResourceKind::User), false), Ok(()));
        assert_eq!(purse.spent(), Spent { requests: 2, rooms: 1, users: 1 });
    }

    #[test]
    fn undoing_is_paid_for_even_when_nothing_is_left() {
        let purse = Purse::new(Budget { requests: Some(0), ..Budget::default() });
        assert!(purse.pay(None, false).is_err());
        assert_eq!(purse.pay(None, true), Ok(()));
        assert_eq!(purse.spent().requests, 1);
    }
}
