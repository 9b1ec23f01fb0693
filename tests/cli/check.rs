//! `check`, `list`, `explain`, `new`, `completions`, `man`, `scenarios`.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::command;

fn run(arguments: &[&str], directory: &Path) -> Output {
    command().args(arguments).current_dir(directory).output().expect("the command runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn all_scenarios_of_the_project_are_well() {
    let output = run(&["check"], here());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
}

#[test]
fn the_quickstart_stands_alone_and_a_misspelt_key_exits_2() {
    let folder = folder();
    let text = fs::read_to_string(here().join("scenarios/quickstart.yaml")).expect("it is there");
    fs::write(folder.path().join("mine.yaml"), &text).expect("written");
    assert_eq!(run(&["check", "mine.yaml"], folder.path()).status.code(), Some(0));
    fs::write(folder.path().join("mine.yaml"), text.replacen("expect:", "expct:", 1))
        .expect("written");
    let output = run(&["check", "mine.yaml"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("did you mean `expect`?"), "{}", err(&output));
}

#[test]
fn all_errors_of_all_files_are_told_at_once() {
    let output = run(&["check", "tests/golden/unused.yaml", "tests/golden/undefined.yaml"], here());
    let told = err(&output);
    assert_eq!(told.matches("error[unused]").count(), 3, "{told}");
    assert_eq!(told.matches("error[undefined]").count(), 2, "{told}");
    assert!(out(&output).contains("2 files checked: 5 errors in 2 files"), "{}", out(&output));
}

#[test]
fn errors_come_as_json_and_as_annotations_of_github() {
    let output = run(&["check", "--format", "json", "tests/golden/bad-regex.yaml"], here());
    assert_eq!(output.status.code(), Some(2));
    let errors: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(errors[0]["code"], "bad-regex");
    assert_eq!(errors[0]["line"], 4);
    let output = run(&["check", "--format", "github", "tests/golden/bad-regex.yaml"], here());
    let told = out(&output);
    assert!(told.starts_with("::error file=tests/golden/bad-regex.yaml,line=4,col="), "{told}");
    assert_eq!(told.lines().count(), 1, "an annotation is one line");
}

#[test]
fn files_that_are_no_scenarios_are_told_apart() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("binary.yaml"), [0xff, 0xfe, 0, 1]).expect("written");
    fs::write(at("zero.yaml"), b"name: \0").expect("written");
    fs::write(at("empty.yaml"), "\n").expect("written");
    fs::write(at("large.yaml"), vec![b'#'; 10 * 1024 * 1024]).expect("written");
    let bomb = (1..20).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let before = level - 1;
        format!("{text}a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 9].join(","))
    });
    fs::write(at("bomb.yaml"), bomb).expect("written");
    fs::write(at("many.yaml"), format!("name: [{}1]\n", "1,".repeat(400_000))).expect("written");
    fs::write(at("deep.yaml"), "[".repeat(100_000)).expect("written");
    for (name, said) in [
        ("binary.yaml", "this file is no text"),
        ("zero.yaml", "byte 6 is zero"),
        ("empty.yaml", "this file is empty"),
        ("large.yaml", "this file has 10485760 bytes"),
        ("many.yaml", "this file holds more than 400000 words, numbers and brackets"),
        ("bomb.yaml", "aliases stand for more than 50000 values here"),
        ("deep.yaml", "lists and maps nest 64 deep at most"),
        ("binray.yaml", "did you mean `binary.yaml`?"),
        ("no/such/*.yaml", "no file fits"),
        ("[z.yaml", "is no pattern of files"),
    ] {
        let output = run(&["check", name], folder.path());
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(err(&output).contains(said), "{name}: {}", err(&output));
    }
}

#[test]
fn two_files_of_one_name_are_told() {
    let folder = folder();
    let text = fs::read_to_string(here().join("scenarios/pstn.yaml")).expect("it is there");
    for below in ["a/scenarios", "b/scenarios"] {
        fs::create_dir_all(folder.path().join(below)).expect("a folder");
        fs::write(folder.path().join(below).join("pstn.yaml"), &text).expect("written");
    }
    let output = run(&["check", "a", "b"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    let told = err(&output);
    assert!(told.contains("`quickstart/pstn` is also the name of a/scenarios/pstn.yaml"), "{told}");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_told_and_never_waited_for() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink("nowhere.yaml", at("dangling.yaml")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(at("fifo.yaml")).status();
    assert!(made.is_ok_and(|status| status.success()), "a pipe");
    fs::create_dir(at("folder.yaml")).expect("a folder");
    for (arguments, said) in [
        (&["check", "fifo.yaml"][..], "only regular files are read"),
        (&["check", "."], "this is a pipe, a socket or a device"),
        (&["check", "dangling.yaml"], "`dangling.yaml` is a link to `nowhere.yaml`, which is not"),
        (&["check", "folder.yaml"], "there are no scenarios in `folder.yaml`"),
    ] {
        let output = run(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let told = err(&output);
        assert!(told.contains(said) && !told.contains("did you mean"), "{arguments:?}: {told}");
    }
}

#[test]
fn a_bad_file_takes_no_other_with_it() {
    let output = run(&["list", "tests/golden/unused.yaml", "scenarios/pstn.yaml"], here());
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("quickstart::pstn::"), "{}", out(&output));
}

#[test]
fn cases_are_listed_with_tags_and_evidence_and_filtered() {
    let all = out(&run(&["list"], here()));
    assert!(all.contains("quickstart::quickstart::2025-03-13"), "{all}");
    assert!(all.contains("#quickstart documented"), "{all}");
    let some = out(&run(&["list", "--filter", "area(roles) & !name(*nothing*)"], here()));
    assert!(some.lines().count() > 2, "{some}");
    assert!(some.lines().rev().skip(1).all(|line| line.starts_with("roles::")), "{some}");
    let json = run(&["list", "--format", "json", "--filter", "quickstart::quickstart"], here());
    let cases: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(cases[0]["evidence"][0]["mark"], "documented");
}

#[test]
fn a_filter_that_fits_nothing_exits_5_and_one_that_is_none_exits_2() {
    assert_eq!(run(&["list", "--filter", "tag(nosuch)"], here()).status.code(), Some(5));
    let output = run(&["list", "--filter", "tga(pstn)"], here());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("did you mean `tag`?"), "{}", err(&output));
}

#[test]
fn shards_are_disjoint_and_together_everything() {
    let names = |shard: &str| -> Vec<String> {
        let json = run(&["list", "--format", "json", "--shard", shard], here());
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).expect("JSON");
        let ran = cases.iter().filter(|case| case["skipped"].is_null());
        ran.map(|case| case["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let mut whole = names("1/1");
    let mut parts: Vec<String> = ["1/3", "2/3", "3/3"].into_iter().flat_map(names).collect();
    whole.sort();
    parts.sort();
    assert_eq!(whole, parts);
    assert_eq!(run(&["list", "--shard", "4/3"], here()).status.code(), Some(2));
}

#[test]
fn explain_shows_the_requests_and_no_signature() {
    let told = out(&run(&["explain", "scenarios/quickstart.yaml"], here()));
    assert!(told.contains("POST /rooms?api-version=2025-03-13"), "{told}");
    assert!(told.contains("GET /rooms/<room.id>?api-version=2025-03-13"), "{told}");
    assert!(told.contains("&Signature=***"), "{told}");
    for header in ["accept: application/json", "x-ms-client-request-id: <uuid>"] {
        assert_eq!(told.matches(header).count(), 12, "{header}, once a request:\n{told}");
    }
    let missing = run(&["explain", "quickstrat"], here());
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("did you mean `quickstart`?"), "{}", err(&missing));
}

#[test]
fn a_new_scenario_passes_check_and_replaces_nothing() {
    let folder = folder();
    let made = run(&["new", "late-joiner"], folder.path());
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    assert_eq!(run(&["check", "late-joiner.yaml"], folder.path()).status.code(), Some(0));
    assert_eq!(run(&["new", "late-joiner"], folder.path()).status.code(), Some(2));
    assert_eq!(run(&["new", "../a b"], folder.path()).status.code(), Some(2));
    assert_eq!(run(&["new", "late.txt"], folder.path()).status.code(), Some(2));
    assert!(out(&run(&["new", "late.yml"], folder.path())).contains("Wrote late.yml."));
    assert!(folder.path().join("late.yml").is_file());
}

#[test]
fn a_new_scenario_runs_and_is_found_by_the_name_it_was_given() {
    for there in ["scenarios", "."] {
        let folder = folder();
        fs::create_dir_all(folder.path().join(there)).expect("a folder");
        let made = out(&run(&["new", "late-joiner"], folder.path()));
        let next: Vec<_> =
            made.lines().filter_map(|it| it.trim().strip_prefix("acs-conformance ")).collect();
        assert_eq!(next.len(), 3, "{made}");
        for command in next {
            let words: Vec<_> = command.split(' ').collect();
            let output = run(&words, folder.path());
            assert_eq!(output.status.code(), Some(0), "{command}: {}", err(&output));
        }
        for name in ["late-joiner", "late-joiner.yaml"] {
            let output = run(&["explain", name], folder.path());
            assert_eq!(output.status.code(), Some(0), "{name}: {}", err(&output));
        }
    }
}

#[test]
fn a_new_scenario_names_the_schema_only_where_there_is_one() {
    let folder = folder();
    let first = |name: &str| {
        run(&["new", name], folder.path());
        let text = fs::read_to_string(folder.path().join(name)).expect("written");
        text.lines().next().unwrap_or_default().to_owned()
    };
    let modeline = "# yaml-language-server: $schema=";
    assert!(!first("alone.yaml").starts_with(modeline));
    assert!(!first("scenarios/a/alone.yaml").starts_with(modeline));
    fs::create_dir(folder.path().join("schema")).expect("a folder");
    fs::write(folder.path().join("schema/scenario.schema.json"), "{}").expect("written");
    assert_eq!(
        first("scenarios/a/more.yaml"),
        format!("{modeline}../../schema/scenario.schema.json")
    );
}

#[test]
fn what_is_built_in_can_be_exported_and_is_used_where_there_is_nothing_else() {
    let folder = folder();
    let listed = out(&run(&["list"], folder.path()));
    assert!(listed.starts_with("There is no ./scenarios: these are the built-in"), "{listed}");
    assert_eq!(run(&["scenarios", "export", "."], folder.path()).status.code(), Some(0));
    assert!(folder.path().join("scenarios/quickstart.yaml").is_file());
    assert!(folder.path().join("schema/scenario.schema.json").is_file());
    let again = out(&run(&["list"], folder.path()));
    assert_eq!(
        again.lines().collect::<Vec<_>>(),
        listed.lines().skip(1).collect::<Vec<_>>(),
        "the exported scenarios are the built-in ones"
    );
}

#[test]
fn completions_and_manual_pages_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = out(&run(&["completions", shell], here()));
        assert!(script.contains("explain"), "{shell}");
    }
    assert!(out(&run(&["man"], here())).contains(".TH"));
    let folder = folder();
    run(&["man", "--output", "man"], folder.path());
    assert!(folder.path().join("man/acs-conformance-check.1").is_file());
}
