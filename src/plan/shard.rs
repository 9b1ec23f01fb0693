//! Shards: one plan over many machines.

use std::time::Duration;

use super::{Case, Durations};

/// Part `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    pub index: usize,
    pub count: usize,
}

/// A shard that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no shard: write i/n, with i from 1 to n, such as 2/5")]
pub struct ShardError(String);

impl std::str::FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let fail = || ShardError(text.to_owned());
        let (index, count) = text.split_once('/').ok_or_else(fail)?;
        let index: usize = index.trim().parse().map_err(|_| fail())?;
        let count: usize = count.trim().parse().map_err(|_| fail())?;
        if index == 0 || index > count {
            return Err(fail());
        }
        Ok(Self { index, count })
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl Shard {
    /// Which cases are this shard's. Every machine comes to the same division: the longest case
    /// first, always to the shard with the least to do so far; cases that were never measured
    /// count as long as the average.
    pub(super) fn choose(self, cases: &[Case], durations: &Durations) -> Vec<bool> {
        let usual = durations.average().unwrap_or(Duration::from_millis(10));
        let mut order: Vec<(Duration, String, u32, usize)> = cases
            .iter()
            .enumerate()
            .map(|(at, case)| {
                let name = case.name();
                (durations.of(&name).unwrap_or(usual), name, case.repetition, at)
            })
            .collect();
        order.sort_by(|left, right| {
            right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)).then(left.2.cmp(&right.2))
        });
        let mut loads = vec![Duration::ZERO; self.count];
        let mut mine = vec![false; cases.len()];
        for (duration, _, _, at) in order {
            let least = (0..self.count).min_by_key(|shard| loads[*shard]).unwrap_or(0);
            loads[least] += duration.max(Duration::from_nanos(1));
            if let Some(place) = mine.get_mut(at) {
                *place = least + 1 == self.index;
            }
        }
        mine
    }
}
