//! Joining the shards of one run into one report. Refuses whatever would make the sum a lie.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::journal::{Ending, Journal};
use super::reader::{ReadError, Report};
use super::record::{CaseKey, Header, LedgerEntry, Record};
use crate::exit::Exit;

/// Why reports do not merge.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("nothing to merge: give the report.jsonl of every shard")]
    Empty,
    #[error("{file} is not whole: {why}; run that shard again")]
    Torn { file: String, why: String },
    #[error("{file} is no shard of a run; only reports of `run --shard i/n` merge")]
    NotAShard { file: String },
    #[error(
        "{file} differs from {first} in its {what}: {theirs} instead of {ours}; \
         shards merge only when they are parts of one run"
    )]
    Mixture { first: String, file: String, what: &'static str, ours: String, theirs: String },
    #[error("shard {index} of {of} is there twice: {first} and {second}")]
    DoubleShard { index: usize, of: usize, first: String, second: String },
    #[error("of {of} shards these are missing: {}", list(missing))]
    MissingShards { of: usize, missing: Vec<usize> },
    #[error("{case} is in both {first} and {second}")]
    DoubleCase { case: CaseKey, first: String, second: String },
    #[error(
        "the shards hold {found} cases together, the whole selection {selected}: \
         they were not cut from the same selection"
    )]
    Hole { found: usize, selected: usize },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("cannot write the merged report: {0}")]
    Write(#[from] io::Error),
}

fn list(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// Joins all shards of a run, cases in order of name; holds one case at a time. Gives the exit
/// code of the whole.
///
/// # Errors
///
/// When a shard is missing, torn, there twice or of another run, or `out` takes no more. Nothing is
/// written before all shards were found to fit.
pub fn merge<W: Write>(reports: &mut [Report], out: W) -> Result<Exit, MergeError> {
    check_whole(reports)?;
    check_alike(reports)?;
    check_shards(reports)?;
    let owners = check_cases(reports)?;
    let mut journal = Journal::begin(out, joined_header(reports)?)?;
    for (key, owner) in owners {
        if let Some(report) = reports.get_mut(owner) {
            copy(report, &key, &mut journal)?;
        }
    }
    let footers = || reports.iter().filter_map(|report| report.footer.as_ref());
    let exit = Exit::worst(footers().map(|footer| exit_of(footer.exit)));
    let duration_us = footers().map(|footer| footer.duration_us).max().unwrap_or_default();
    let ending = Ending {
        exit: exit.code(),
        duration_us,
        ledger: footers().filter_map(|footer| footer.ledger).reduce(LedgerEntry::and),
        notes: footers().flat_map(|footer| footer.notes.iter().cloned()).collect(),
    };
    journal.finish(ending)?.flush()?;
    Ok(exit)
}

fn copy<W: Write>(
    report: &mut Report,
    key: &CaseKey,
    journal: &mut Journal<W>,
) -> Result<(), MergeError> {
    let case = report.case(key)?;
    if let Some(start) = case.start {
        journal.append(&Record::Start(start))?;
    }
    for step in case.steps {
        journal.append(&Record::Step(step))?;
    }
    for rule in case.rules {
        journal.append(&Record::Rule(rule))?;
    }
    if let Some(entry) = case.entry {
        journal.append(&Record::Case(entry))?;
    }
    Ok(())
}

fn exit_of(code: u8) -> Exit {
    let all = [
        Exit::Success,
        Exit::Failed,
        Exit::Invalid,
        Exit::Unreachable,
        Exit::NothingRan,
        Exit::Leaked,
        Exit::Interrupted,
    ];
    all.into_iter().find(|exit| exit.code() == code).unwrap_or(Exit::Harness)
}

fn name(report: &Report) -> String {
    report.path.display().to_string()
}

fn check_whole(reports: &[Report]) -> Result<(), MergeError> {
    match reports.iter().find_map(|report| Some((report, report.torn.clone()?))) {
        None => Ok(()),
        Some((report, why)) => Err(MergeError::Torn { file: name(report), why }),
    }
}

fn check_alike(reports: &[Report]) -> Result<(), MergeError> {
    let Some(first) = reports.first() else { return Err(MergeError::Empty) };
    let ours = traits(&first.header);
    for report in reports {
        let different = traits(&report.header)
            .into_iter()
            .zip(&ours)
            .find(|((_, theirs), (_, ours))| theirs != ours);
        if let Some(((what, theirs), (_, ours))) = different {
            let (first, file, ours) = (name(first), name(report), ours.clone());
            return Err(MergeError::Mixture { first, file, what, ours, theirs });
        }
    }
    Ok(())
}

/// What all shards of a run have in common.
fn traits(header: &Header) -> [(&'static str, String); 8] {
    [
        ("version of acs-conformance", header.harness.clone()),
        ("suite of scenarios", header.suite.clone()),
        ("implementation", header.implementation.to_string()),
        ("target", header.target.clone()),
        ("requirement set", header.requirements.clone().unwrap_or_else(|| "none".to_owned())),
        ("served api-versions", format!("{:?}", header.served_as)),
        ("options", header.options.clone()),
        ("selection", format!("{} cases", header.selected)),
    ]
}

fn check_shards(reports: &[Report]) -> Result<(), MergeError> {
    let mut seen: BTreeMap<usize, String> = BTreeMap::new();
    let mut whole = None;
    for report in reports {
        let Some(shard) = report.header.shard else {
            if reports.len() == 1 {
                return Ok(());
            }
            return Err(MergeError::NotAShard { file: name(report) });
        };
        let of = *whole.get_or_insert(shard.of);
        if of != shard.of {
            return Err(MergeError::Mixture {
                first: reports.first().map(name).unwrap_or_default(),
                file: name(report),
                what: "number of shards",
                ours: of.to_string(),
                theirs: shard.of.to_string(),
            });
        }
        if let Some(first) = seen.insert(shard.index, name(report)) {
            let second = name(report);
            return Err(MergeError::DoubleShard { index: shard.index, of, first, second });
        }
    }
    let of = whole.unwrap_or_default();
    let missing: Vec<usize> = (1..=of).filter(|index| !seen.contains_key(index)).collect();
    if missing.is_empty() { Ok(()) } else { Err(MergeError::MissingShards { of, missing }) }
}

/// The report that holds each case.
fn check_cases(reports: &[Report]) -> Result<BTreeMap<CaseKey, usize>, MergeError> {
    let mut owners: BTreeMap<CaseKey, usize> = BTreeMap::new();
    let mut planned = BTreeSet::new();
    for (index, report) in reports.iter().enumerate() {
        planned.extend(report.header.cases.iter());
        for key in report.keys() {
            let Some(first) = owners.insert(key.clone(), index) else { continue };
            // What every shard says alike (cases left out, invalid files) is no double.
            if report.header.cases.contains(key) {
                return Err(MergeError::DoubleCase {
                    case: key.clone(),
                    first: reports.get(first).map(name).unwrap_or_default(),
                    second: name(report),
                });
            }
        }
    }
    let selected = reports.first().map_or(0, |report| report.header.selected);
    if planned.len() != selected {
        return Err(MergeError::Hole { found: planned.len(), selected });
    }
    Ok(owners)
}

fn joined_header(reports: &[Report]) -> Result<Header, MergeError> {
    let mut header = reports.first().ok_or(MergeError::Empty)?.header.clone();
    for report in reports.iter().skip(1) {
        let other = &report.header;
        header.started = header.started.min(other.started);
        header.cases.extend(other.cases.iter().cloned());
        if header.seed != other.seed {
            header.seed = None;
        }
        if header.platform != other.platform {
            "several".clone_into(&mut header.platform);
        }
        header.environment.retain(|name, value| other.environment.get(name) == Some(value));
    }
    header.cases.sort();
    header.shard = None;
    Ok(header)
}
