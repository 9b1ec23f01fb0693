//! Shards: one plan over many machines.

use std::time::Duration;

use super::{Case, Durations};

/// Part `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    pub index: usize,
    pub count: usize,
}

/// Where Kubernetes tells a pod of an Indexed Job its number, counted from 0.
const JOB_INDEX: &str = "JOB_COMPLETION_INDEX";

/// A shard that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    #[error(
        "`{0}` is no shard: write i/n, with i from 1 to n, such as 2/5; or job/n, which takes its \
         number from {JOB_INDEX}"
    )]
    Form(String),
    #[error(
        "`{text}` takes the shard's number from {JOB_INDEX}, which is {found}: it must be a number \
         from 0 to {last}"
    )]
    Job { text: String, found: String, last: usize },
}

impl std::str::FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        Self::read(text, std::env::var(JOB_INDEX).ok().as_deref())
    }
}

impl Shard {
    /// Reads `i/n`, or `job/n` with the number that the job gave, counted from 0.
    fn read(text: &str, job: Option<&str>) -> Result<Self, ShardError> {
        let fail = || ShardError::Form(text.to_owned());
        let (index, count) = text.split_once('/').ok_or_else(fail)?;
        let count: usize = count.trim().parse().map_err(|_| fail())?;
        let index: usize = match (index.trim(), count.checked_sub(1)) {
            (_, None) => return Err(fail()),
            ("job", Some(last)) => {
                let found = job.unwrap_or("not set");
                let index = found.parse::<usize>().ok().filter(|index| *index <= last);
                let found = found.to_owned();
                1 + index.ok_or_else(|| ShardError::Job { text: text.to_owned(), found, last })?
            }
            (index, Some(_)) => index.parse().map_err(|_| fail())?,
        };
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

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn a_shard_of_a_job_takes_its_number_from_the_job_and_counts_it_from_one() {
        assert_eq!(Shard::read("job/50", Some("0")), Ok(Shard { index: 1, count: 50 }));
        assert_eq!(Shard::read("job/50", Some("49")), Ok(Shard { index: 50, count: 50 }));
        assert_eq!(Shard::read("2/5", Some("0")), Ok(Shard { index: 2, count: 5 }));
    }

    #[test]
    fn a_job_without_a_fitting_number_is_told_what_was_found() {
        let missing = Shard::read("job/4", None).map_err(|error| error.to_string());
        assert!(missing.as_ref().is_err_and(|text| text.contains("not set")), "{missing:?}");
        let beyond = Shard::read("job/4", Some("4")).map_err(|error| error.to_string());
        assert!(beyond.as_ref().is_err_and(|text| text.contains("from 0 to 3")), "{beyond:?}");
        for text in ["0/3", "4/3", "job/0", "x/3", "3", ""] {
            assert!(Shard::read(text, Some("0")).is_err(), "{text}");
        }
    }
}
