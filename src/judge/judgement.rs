//! A whole case, judged from its transcript.

use super::rules::{self, RuleResult};
use super::{
    JudgeOptions, Problem, SnapshotVerdict, StepResult, StepVerdict, Verdict, contract, snapshot,
};
use crate::exit::Exit;
use crate::scenario::matcher::Subjects;
use crate::transcript::{CleanupResult, Ended, Transcript};

/// Judges a transcript: expectations once more, snapshot, wire rules, what was left behind.
pub fn judge(transcript: &Transcript, options: &JudgeOptions) -> Verdict {
    let steps: Vec<StepVerdict> = transcript.steps.iter().map(super::step).collect();
    let rules = rules::judge(transcript);
    let mut problems = problems(transcript);
    let whole = transcript.ended == Ended::Completed
        && steps.iter().all(|step| step.result == StepResult::Passed);
    let snapshot = if whole {
        let (verdict, idle) = snapshot::compare(transcript, options);
        problems.extend(idle);
        verdict
    } else {
        SnapshotVerdict::NotCompared("the case did not run through".to_owned())
    };
    let exit = exit(transcript, options, &steps, &snapshot, &rules, &problems);
    let mut verdict = Verdict {
        steps,
        snapshot,
        rules,
        problems,
        baseline: Vec::new(),
        rate: None,
        unscored: None,
        exit,
    };
    let case = transcript.case_name();
    if let Some(baseline) = &options.baseline {
        baseline.apply(&case, transcript, options, &mut verdict);
    }
    verdict.unscored = options.unscored.get(&case).cloned();
    if verdict.unscored.is_some() && verdict.exit == Exit::Failed {
        verdict.exit = Exit::Success;
    }
    verdict
}

fn problems(transcript: &Transcript) -> Vec<Problem> {
    let mut problems: Vec<Problem> = ended(&transcript.ended).into_iter().collect();
    problems.extend(transcript.unconsumed.iter().cloned().map(Problem::UnconsumedFault));
    if transcript.ended == Ended::Completed {
        let subjects = Subjects { state: transcript.state.as_ref(), ..Subjects::default() };
        let missed = transcript.expectations.iter().flat_map(|one| one.judge(&subjects));
        problems.extend(missed.map(Problem::State));
    }
    problems.extend(contract::check(transcript).into_iter().map(Problem::Contract));
    for cleanup in &transcript.cleanup {
        let (CleanupResult::Leaked { why } | CleanupResult::Unaccounted { why }) = &cleanup.result
        else {
            continue;
        };
        problems.push(Problem::Leak(format!("{} {}: {why}", cleanup.kind.name(), cleanup.id)));
    }
    problems
}

fn ended(ended: &Ended) -> Option<Problem> {
    let text = match ended {
        Ended::Completed | Ended::Failed => return None,
        Ended::TimedOut { limit } => {
            let limit = crate::acs::time::duration_text(*limit);
            format!("the case's limit of {limit} was up")
        }
        Ended::Interrupted => "interrupted".to_owned(),
        Ended::Unreachable(why) | Ended::Harness(why) => why.clone(),
        Ended::Implementation(fault) => fault.to_string(),
    };
    Some(Problem::Ended(text))
}

fn exit(
    transcript: &Transcript,
    options: &JudgeOptions,
    steps: &[StepVerdict],
    snapshot: &SnapshotVerdict,
    rules: &[RuleResult],
    problems: &[Problem],
) -> Exit {
    let mut exits = vec![match &transcript.ended {
        Ended::Completed => Exit::Success,
        Ended::Failed | Ended::TimedOut { .. } => Exit::Failed,
        Ended::Interrupted => Exit::Interrupted,
        Ended::Unreachable(_) => Exit::Unreachable,
        Ended::Implementation(fault) if fault.kind.is_unreachable() => Exit::Unreachable,
        Ended::Implementation(_) => Exit::Failed,
        Ended::Harness(_) => Exit::Harness,
    }];
    let red_step = steps.iter().any(|step| step.result != StepResult::Passed);
    let red_snapshot = match snapshot {
        SnapshotVerdict::Differs { .. } => true,
        SnapshotVerdict::Missing { required, .. } => *required,
        _ => false,
    };
    let red_rule = rules.iter().any(|rule| options.is_red(rule));
    if red_step || red_snapshot || red_rule {
        exits.push(Exit::Failed);
    }
    exits.extend(problems.iter().filter_map(|problem| match problem {
        Problem::Ended(_) => None,
        Problem::Leak(_) => Some(Exit::Leaked),
        blamed if blamed.blames_the_harness() => Some(Exit::Harness),
        _ => Some(Exit::Failed),
    }));
    Exit::worst(exits)
}
