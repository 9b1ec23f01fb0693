//! What shipping SDKs do wrong and somebody was surprised by: each stands in a committed baseline,
//! as a rule that fails for the reason named. That it is still so, the suites show: they are strict.

use acs_conformance::judge::baseline::{Baseline, Entry};
use acs_conformance::sdk::{Cell, Language};
use acs_conformance::transcript::Implementation;
use libtest_mimic::{Failed, Trial};

use super::cells::{is_required, newest, root, sdk_run};

/// An implementation, the rule that it breaks, and words of the finding.
struct Surprise {
    who: Who,
    rule: &'static str,
    words: &'static str,
}

/// Language, version of the rooms package, version of the runtime, flavour.
type Who = (Language, &'static str, &'static str, Option<&'static str>);

const PYTHON: [Who; 4] = [
    (Language::Python, "1.0.0", "3.12.0", Some("sync")),
    (Language::Python, "1.1.1", "3.13.0", Some("aio")),
    (Language::Python, "1.2.0", "3.13.0", Some("sync")),
    (Language::Python, "1.2.0", "3.13.0", Some("aio")),
];
const JAVASCRIPT: [Who; 3] = [
    (Language::Javascript, "1.0.0", "20.0.0", None),
    (Language::Javascript, "1.1.0", "20.0.0", None),
    (Language::Javascript, "1.2.0", "20.0.0", None),
];

/// Of every version, or of those from the second on.
const OF_PYTHON: [(usize, &str, &str); 12] = [
    (0, "VER-1", "ApiVersion.V"),
    (0, "REQ-8", "null is sent"),
    (1, "REQ-9", "null is sent"),
    (1, "TOL-4", "pstnDialOutEnabled"),
    (0, "TOL-3", "comes as str"),
    (0, "RET-2", "after 408"),
    (0, "RET-2", "after 429"),
    (0, "RET-2", "after 502"),
    (0, "RET-13", "is not tried again after a connection that broke"),
    (0, "RET-14", "is not tried again after an answer whose body was cut off"),
    (0, "REP-3", "the answer to a create was lost"),
    (0, "AUTH-2", "`decoded`"),
];
const OF_JAVASCRIPT: [(&str, &str); 7] = [
    ("AUTH-3", "carries the first attempt's x-ms-date"),
    ("RET-5", "500 with Retry-After"),
    ("RET-1", "after 429"),
    ("RET-2", "after 429"),
    ("RET-14", "is not tried again after an answer whose body was cut off"),
    ("PAG-7", "gets a request with credentials"),
    ("LOG-3", "holds the access key"),
];
/// The identity client signs `host/` when its endpoint ends in a slash.
const OF_PYTHON_IDENTITY: (&str, &str) =
    ("AUTH-2", "the signature fits no spelling of /identities");

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = surprises()
        .map(|surprise| {
            let (language, version, runtime, flavour) = surprise.who;
            let flavour = flavour.map(|flavour| format!("-{flavour}")).unwrap_or_default();
            let name = format!(
                "surprises::{}-{version}{flavour}_on_{runtime}_{}_{}",
                language.name(),
                surprise.rule,
                surprise.words.replace(' ', "_")
            );
            Trial::test(name, move || is_known(&surprise))
        })
        .collect();
    let cells = newest(Language::Python);
    let missing = cells.is_empty() && !is_required(Language::Python.name());
    let name = "surprises::page_two_is_asked_for_rightly_on_python_3_10_and_wrongly_on_the_newest";
    trials.push(Trial::test(name, move || page_two(&cells)).with_ignored_flag(missing));
    trials
}

fn surprises() -> impl Iterator<Item = Surprise> {
    let python = OF_PYTHON.iter().flat_map(|(from, rule, words)| {
        PYTHON.iter().skip(*from).map(|who| Surprise { who: *who, rule, words })
    });
    let javascript = OF_JAVASCRIPT
        .iter()
        .flat_map(|(rule, words)| JAVASCRIPT.map(|who| Surprise { who, rule, words }))
        // Waiting scenarios run for the newest version alone, unless somebody asks for all.
        .filter(|surprise| {
            !["AUTH-3", "RET-5"].contains(&surprise.rule) || surprise.who.1 == "1.2.0"
        });
    let (rule, words) = OF_PYTHON_IDENTITY;
    let identity = PYTHON.map(|who| Surprise { who, rule, words });
    python.chain(javascript).chain(identity)
}

/// An entry for the rule holds for this implementation, and excuses these words alone.
fn is_known(surprise: &Surprise) -> Result<(), Failed> {
    let Surprise { who, rule, words } = surprise;
    if entries(*who)?.iter().any(|entry| expects(entry, rule, words)) {
        return Ok(());
    }
    Err(format!("no entry expects {rule} to say {words:?}").into())
}

fn expects(entry: &Entry, rule: &str, words: &str) -> bool {
    entry.rule.as_deref() == Some(rule)
        && entry.matches.iter().any(|part| part.contains(words) || words.contains(part.as_str()))
}

fn entries((language, version, runtime, flavour): Who) -> Result<Vec<Entry>, Failed> {
    let path = root().join("tests/sdk").join(language.name()).join("known-failures.yaml");
    let implementation = Implementation {
        name: String::new(),
        version: version.to_owned(),
        language: language.name().to_owned(),
        flavour: flavour.map(str::to_owned),
        runtime: if language == Language::Python { "CPython" } else { "Node" }.to_owned(),
        runtime_version: runtime.to_owned(),
    };
    let baseline = Baseline::load(&path)?;
    Ok(baseline.activate(&implementation, chrono::Utc::now().date_naive()).entries)
}

/// `13` of `py3.13`.
fn minor(runtime: &str) -> Option<u32> {
    runtime.rsplit('.').next()?.parse().ok()
}

/// The same SDK, the same scenario, two runtimes: only the newer one breaks VER-1, and no entry
/// excuses the older one.
fn page_two(cells: &[Cell]) -> Result<(), Failed> {
    let broken = |runtime: &str| -> Result<bool, Failed> {
        let cell = cells.iter().find(|cell| cell.runtime == runtime && cell.flavour == "sync");
        let cell = cell.ok_or(format!("no cell on {runtime} is installed"))?;
        let output = sdk_run(cell)
            .args(["--api-version", "2025-03-13", "scenarios/listing/version-in-link.yaml"])
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let judged = said.contains("1 failed") || said.contains("1 passed");
        if judged { Ok(said.contains("VER-1: broken")) } else { Err(said.into()) }
    };
    let newest = cells.iter().map(|cell| cell.runtime.as_str()).max_by_key(|name| minor(name));
    let newest = newest.unwrap_or_default();
    if broken("py3.10")? || !broken(newest)? {
        return Err(format!("VER-1 is to be kept on py3.10, and broken on {newest}").into());
    }
    let excused = entries((Language::Python, "1.2.0", "3.10.20", Some("sync")))?;
    if excused.iter().any(|entry| {
        entry.rule.as_deref() == Some("VER-1") && expects(entry, "VER-1", "ApiVersion.V")
    }) {
        return Err("an entry excuses Python 3.10".into());
    }
    Ok(())
}
