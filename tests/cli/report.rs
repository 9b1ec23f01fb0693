//! `report`: conversions, comparison, merging, coverage; each as a user calls it.

use std::path::Path;

use acs_conformance::report::record::Status;
use assert_cmd::Command;

use super::report_sample::{Sample, everything, sdk};

fn report(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("acs-conformance")
        .expect("the binary")
        .arg("report")
        .args(arguments)
        .assert()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn out(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

fn err(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

#[test]
fn every_format_comes_from_the_journal_and_comes_out_the_same_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    for format in ["html", "junit", "json", "markdown", "badge", "github"] {
        let first = report(&[format, text(&path)]).success();
        let second = report(&[format, text(&path)]).success();
        assert_eq!(out(&first), out(&second), "{format}");
        assert!(!out(&first).is_empty(), "{format}");
        assert_eq!(err(&first), "", "{format}");
    }
}

#[test]
fn junit_has_a_test_case_per_step_with_file_line_and_request_ids() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let xml = out(&report(&["junit", text(&path)]).success());
    assert!(xml.contains(r#"<testsuite name="rooms::fails-here::2025-03-13""#), "{xml}");
    assert!(xml.contains(r#"file="scenarios/rooms/fails-here.yaml" line="12""#), "{xml}");
    assert!(xml.contains("MS-CV: abcdefghijklmnopqrstuv.0"), "{xml}");
    assert!(xml.contains("x-ms-client-request-id: 5b1f6a1c"), "{xml}");
    assert!(xml.contains(r#"<failure message="expected the boolean false, found true""#), "{xml}");
    assert!(
        xml.contains(r#"<skipped message="needs the feature retry-config" type="n/a""#),
        "{xml}"
    );
}

#[test]
fn github_annotates_the_line_of_the_expectation() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let lines = out(&report(&["github", text(&path)]).success());
    let expected = "::error file=scenarios/rooms/fails-here.yaml,line=17,col=15,\
                    title=fail rooms%3A%3Afails-here%3A%3A2025-03-13::\
                    expected the boolean false, found true%0A";
    assert!(lines.contains(expected), "{lines}");
    assert!(lines.contains("::warning file=scenarios/faults/retries.yaml"), "{lines}");
}

#[test]
fn a_badge_counts_neither_what_was_left_out_nor_hides_what_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let badge: serde_json::Value =
        serde_json::from_str(&out(&report(&["badge", text(&path)]).success())).expect("JSON");
    assert_eq!(badge["message"], "1/4 pass");
    assert_eq!(badge["color"], "red");
    assert_eq!(badge["label"], "azure-communication-rooms 1.2.0");
}

#[test]
fn markdown_tells_each_red_case_and_the_rules_that_nobody_exercised() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let summary = out(&report(&["markdown", text(&path)]).success());
    assert!(
        summary.contains("| rooms::fails-here::2025-03-13 | ✗ fail | step 1: expected"),
        "{summary}"
    );
    assert!(summary.contains("created 5, deleted 4, leaked 1"), "{summary}");
    assert!(summary.contains(", PAG-7"), "{summary}");
}

#[test]
fn a_page_needs_no_network_and_escapes_what_scenarios_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let page = out(&report(&["html", text(&path)]).success());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script>alert"));
    for outside in ["src=\"http", "href=\"http", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_page_tells_what_was_left_and_what_differs_and_keeps_retries_and_cleanup_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = everything(sdk("1.2.0", "CPython 3.13")).save(folder.path(), "report.jsonl");
    let page = out(&report(&["html", text(&path)]).success());
    for told in [
        // The difference from the snapshot.
        "Differs from the snapshot <small><code>snapshots/a.snap</code>",
        "<del>-   pstnDialOutEnabled: false\n</del><ins>+   pstnDialOutEnabled: true\n</ins>",
        // What is left.
        "created 5, deleted 4, leaked 1",
        "1 created, 0 gone, <b class=\"broken\">1 may still exist</b>",
        "<code>99400000000000001</code>: leaked – DELETE answered 503",
        // The environment.
        "<dt>implementation</dt><dd>azure-communication-rooms 1.2.0",
        "<dt>platform</dt><dd>linux x86_64</dd>",
        "<dt>seed</dt><dd>7</dd>",
        // The waterfall.
        "4 requests in 33 ms, 1 of them retries, 1 cleanup",
        "<li class=\"bar first\">",
        "<li class=\"bar retry\">",
        "<span class=\"unseen\">retry </span>201",
        "<li class=\"bar cleanup\">",
        "<span class=\"unseen\">cleanup </span>204",
    ] {
        assert!(page.contains(told), "no {told:?} in:\n{page}");
    }
}

#[test]
fn of_a_live_run_that_was_cut_off_nobody_knows_what_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sample =
        Sample::new(sdk("1.2.0", "CPython 3.13")).case("rooms::a::2025-03-13", Status::Pass);
    sample.header.target = "live".to_owned();
    let whole = sample.write();
    let footer = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n');
    let path = folder.path().join("report.jsonl");
    std::fs::write(&path, &whole[..=footer.expect("lines")]).expect("a file");
    for format in ["markdown", "html", "json"] {
        let made = out(&report(&[format, text(&path)]).success());
        let unknown = "unknown: the run was cut off; `acs-conformance sweep` finishes it";
        assert!(made.contains(unknown), "{format}: {made}");
        assert!(!made.contains("leaked 0") && !made.contains("\"leaked\":0"), "{format}: {made}");
    }
}

#[test]
fn no_report_is_replaced_by_what_is_made_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = Sample::new(sdk("1.2.0", "CPython 3.13"));
    let path = sample.case("rooms::a::2025-03-13", Status::Pass).save(folder.path(), "r.jsonl");
    let before = std::fs::read(&path).expect("a report");
    let roundabout = folder.path().join(".").join("r.jsonl");
    for made in [["html"], ["matrix"], ["merge"]] {
        let arguments = [&made[..], &[text(&path), "--output", text(&roundabout)]].concat();
        let refused = report(&arguments).code(2);
        assert!(err(&refused).contains("is the report that is read"), "{}", err(&refused));
        assert_eq!(std::fs::read(&path).expect("a report"), before, "{made:?}");
    }
}

#[test]
fn a_report_cut_off_anywhere_still_gives_every_format_and_never_looks_green() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = Sample::new(sdk("1.2.0", "CPython 3.13"))
        .case("rooms::a::2025-03-13", Status::Pass)
        .case("rooms::b::2025-03-13", Status::Pass)
        .write();
    let path = folder.path().join("report.jsonl");
    let header = whole.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
    for cut in [header, header + 40, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).expect("a file");
        for format in ["html", "junit", "json", "markdown", "badge", "github"] {
            let made = report(&[format, text(&path)]).success();
            assert!(err(&made).contains("warning:"), "{format} at {cut}: {}", err(&made));
            let text = out(&made).to_lowercase();
            assert!(
                text.contains("incomplete")
                    || text.contains("interrupted")
                    || text.contains("cut off"),
                "{format} at {cut}: {text}"
            );
        }
    }
}

#[test]
fn an_altered_report_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = everything(sdk("1.2.0", "CPython 3.13")).write();
    let altered = String::from_utf8(whole).expect("text").replacen("\"fail\"", "\"pass\"", 1);
    let path = folder.path().join("report.jsonl");
    std::fs::write(&path, altered).expect("a file");
    let made = report(&["badge", text(&path)]).success();
    assert!(err(&made).contains("altered"), "{}", err(&made));
}

#[test]
fn what_is_no_report_is_refused_with_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "hello\n").expect("a file");
    let refused = report(&["html", text(&path)]).code(2);
    assert!(err(&refused).contains("notes.txt: this is no report"), "{}", err(&refused));
    let missing = report(&["html", "nowhere.jsonl"]).code(2);
    assert!(err(&missing).contains("cannot read nowhere.jsonl"), "{}", err(&missing));
}

#[test]
fn diff_tells_regressions_and_exits_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = "rooms::a::2025-03-13";
    let good = Sample::new(sdk("1.1.1", "CPython 3.13"))
        .case(case, Status::Pass)
        .rule(case, "AUTH-3", Status::Pass, 2)
        .save(folder.path(), "good.jsonl");
    let bad = Sample::new(sdk("1.2.0", "CPython 3.13"))
        .case(case, Status::Pass)
        .rule(case, "AUTH-3", Status::Fail, 2)
        .save(folder.path(), "bad.jsonl");
    let worse = report(&["diff", text(&good), text(&bad)]).code(1);
    assert!(
        out(&worse).contains("rooms::a::2025-03-13 · AUTH-3: pass -> fail: AUTH-3 was broken"),
        "{}",
        out(&worse)
    );
    let better = report(&["diff", text(&bad), text(&good)]).success();
    assert!(out(&better).contains("fixed (1)"), "{}", out(&better));
    let silent = Sample::new(sdk("1.2.0", "CPython 3.13"))
        .case(case, Status::Pass)
        .save(folder.path(), "silent.jsonl");
    let lost = report(&["diff", text(&good), text(&silent)]).code(1);
    assert!(out(&lost).contains("AUTH-3: pass -> not-exercised"), "{}", out(&lost));
    let json = out(&report(&["diff", "--json", text(&good), text(&bad)]).code(1));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["changes"]["regressions"][0]["after"], "fail");
}

#[test]
fn merge_joins_all_shards_into_a_whole_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = |name: &str, status| Sample::new(sdk("1.2.0", "CPython 3.13")).case(name, status);
    let one =
        sample("rooms::a::2025-03-13", Status::Pass).shard(1, 2, 2).save(folder.path(), "1.jsonl");
    let two =
        sample("rooms::b::2025-03-13", Status::Fail).shard(2, 2, 2).save(folder.path(), "2.jsonl");
    let merged = folder.path().join("merged.jsonl");
    report(&["merge", text(&two), text(&one), "-o", text(&merged)]).code(1);
    let badge = out(&report(&["badge", text(&merged)]).success());
    assert!(badge.contains("1/2 pass"), "{badge}");
    assert_eq!(err(&report(&["badge", text(&merged)]).success()), "");
}

#[test]
fn merge_refuses_holes_doubles_mixtures_and_torn_shards() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = |name: &str| Sample::new(sdk("1.2.0", "CPython 3.13")).case(name, Status::Pass);
    let one = sample("rooms::a::2025-03-13").shard(1, 2, 2).save(folder.path(), "1.jsonl");
    let two = sample("rooms::b::2025-03-13").shard(2, 2, 2).save(folder.path(), "2.jsonl");
    let mut other = sample("rooms::b::2025-03-13").shard(2, 2, 2);
    other.header.harness = "0.2.0".to_owned();
    let other = other.save(folder.path(), "other.jsonl");
    let double = sample("rooms::a::2025-03-13").shard(2, 2, 2).save(folder.path(), "double.jsonl");
    let torn = folder.path().join("torn.jsonl");
    let bytes = std::fs::read(&two).expect("a file");
    std::fs::write(&torn, &bytes[..bytes.len() - 30]).expect("a file");
    let loose = sample("rooms::b::2025-03-13").save(folder.path(), "loose.jsonl");
    let merged = folder.path().join("merged.jsonl");
    for (second, why) in [
        (None, "of 2 shards these are missing: 2"),
        (Some(&one), "shard 1 of 2 is there twice"),
        (Some(&other), "version of acs-conformance: 0.2.0 instead of 0.1.0"),
        (Some(&double), "rooms::a::2025-03-13 is in both"),
        (Some(&torn), "is not whole"),
        (Some(&loose), "selection"),
    ] {
        let mut arguments = vec!["merge", text(&one)];
        arguments.extend(second.map(|path| text(path)));
        arguments.extend(["-o", text(&merged)]);
        let refused = report(&arguments).code(2);
        assert!(err(&refused).contains(why), "{why}: {}", err(&refused));
        assert!(!merged.exists(), "{why}: nothing is written when shards do not fit");
    }
}

#[test]
fn coverage_counts_passed_steps_alone_and_has_a_threshold() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample =
        |status| Sample::new(sdk("1.2.0", "CPython 3.13")).case("rooms::a::2025-03-13", status);
    let passed = sample(Status::Pass).save(folder.path(), "pass.jsonl");
    let json = |path: &Path| -> serde_json::Value {
        serde_json::from_str(&out(&report(&["coverage", "--json", text(path)]).success()))
            .expect("JSON")
    };
    let seen = |value: &serde_json::Value, name: &str| {
        let points = value["points"].as_array().expect("points").clone();
        points
            .iter()
            .find(|point| {
                point["apiVersion"] == "2025-03-13"
                    && point["operation"] == "rooms.create"
                    && point["name"] == name
            })
            .map(|point| point["seen"].as_u64().expect("a count"))
    };
    let value = json(&passed);
    assert_eq!(seen(&value, "201"), Some(2));
    assert_eq!(seen(&value, "role=Presenter"), Some(2));
    assert_eq!(seen(&value, "role=Consumer"), Some(0));
    // Step 1 of a failed case failed, step 0 passed.
    let failed = sample(Status::Fail).save(folder.path(), "fail.jsonl");
    assert_eq!(seen(&json(&failed), "201"), Some(1));
    report(&["coverage", "--threshold", "50", text(&passed)]).code(1);
    let table = out(&report(&["coverage", "--api-version", "2025-03-13", text(&passed)]).success());
    assert!(table.contains("missing: status 400, status 401"), "{table}");
}

#[test]
fn a_matrix_refuses_reports_of_different_suites() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = everything(sdk("1.1.1", "CPython 3.10")).save(folder.path(), "1.jsonl");
    let mut other = everything(sdk("1.2.0", "CPython 3.13"));
    other.header.suite = "another".to_owned();
    let other = other.save(folder.path(), "2.jsonl");
    let refused = report(&["matrix", text(&one), text(&other)]).code(2);
    assert!(err(&refused).contains("another suite"), "{}", err(&refused));
}
