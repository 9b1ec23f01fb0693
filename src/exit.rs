//! Exit codes: a contract with scripts and CI.

/// How a process ends. When several apply, the worst wins, see [`Exit::worst`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: all well.
    Success,
    /// 1: a failed expectation, snapshot or rule, or a stale baseline.
    Failed,
    /// 2: wrong usage or an invalid scenario.
    Invalid,
    /// 3: the harness's own fault.
    Harness,
    /// 4: target or implementation could not be reached or started.
    Unreachable,
    /// 5: nothing ran.
    NothingRan,
    /// 6: resources leaked.
    Leaked,
    /// 130: interrupted.
    Interrupted,
}

impl Exit {
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Invalid => 2,
            Self::Harness => 3,
            Self::Unreachable => 4,
            Self::NothingRan => 5,
            Self::Leaked => 6,
            Self::Interrupted => 130,
        }
    }

    /// The first of 3, 130, 6, 4, 2, 1, 5 that applies; 0 when none does.
    pub fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().min_by_key(|exit| exit.rank()).unwrap_or(Self::Success)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Harness => 0,
            Self::Interrupted => 1,
            Self::Leaked => 2,
            Self::Unreachable => 3,
            Self::Invalid => 4,
            Self::Failed => 5,
            Self::NothingRan => 6,
            Self::Success => 7,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_worst_of_several_is_the_first_in_the_documented_order() {
        use Exit::*;
        let order =
            [Harness, Interrupted, Leaked, Unreachable, Invalid, Failed, NothingRan, Success];
        for (index, worse) in order.iter().enumerate() {
            for better in &order[index..] {
                assert_eq!(Exit::worst([*better, *worse]), *worse);
            }
        }
        assert_eq!(Exit::worst([]), Success);
    }
}
