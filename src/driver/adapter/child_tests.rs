//! Words of a command line, and the end of a process group.

use super::*;

#[test]
fn a_command_line_is_cut_as_a_shell_would() {
    let command = Command::parse(r#"python  'my adapter.py' --flavour="a b" c\ d ''"#).unwrap();
    assert_eq!(command.program, "python");
    assert_eq!(command.arguments, ["my adapter.py", "--flavour=a b", "c d", ""]);
}

#[test]
fn an_empty_command_and_an_open_quote_are_refused() {
    assert_eq!(Command::parse("  "), Err(CommandError::Empty));
    assert!(matches!(Command::parse("a 'b"), Err(CommandError::OpenQuote('\'', _))));
}

#[test]
fn only_the_last_words_are_kept() {
    let words = LastWords::default();
    for _ in 0..40 {
        words.push(&[b'a'; 8192]);
    }
    words.push(b"the end");
    assert_eq!(words.text().len(), LAST_WORDS);
    assert!(words.text().ends_with("the end"));
}

#[cfg(unix)]
fn shell(script: &str) -> Command {
    let mut command = Command::parse("sh -c").unwrap();
    command.arguments.push(script.to_owned());
    command
}

#[cfg(unix)]
async fn first_line(stdout: ChildStdout) -> String {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).await.unwrap();
    line.trim().to_owned()
}

#[cfg(unix)]
async fn gone(pid: &str) -> bool {
    for _ in 0..100 {
        // A killed process whose parent has not reaped it yet shows as a zombie.
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        if status.is_empty() || status.contains("State:\tZ") {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_is_deaf_to_sigterm_is_killed_with_its_children() {
    let script = "trap '' TERM; sleep 100 & echo $!; wait; sleep 100";
    let (child, _stdin, stdout) = Child::start(&shell(script)).unwrap();
    let grandchild = first_line(stdout).await;
    let (_, means) = child.stop(Duration::from_millis(50)).await;
    assert_eq!(means, Means::Kill);
    assert!(gone(&grandchild).await, "the grandchild {grandchild} still runs");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_a_process_left_behind_ends_with_it() {
    let (child, _stdin, stdout) = Child::start(&shell("sleep 100 & echo $!")).unwrap();
    let grandchild = first_line(stdout).await;
    let (status, means) = child.stop(Duration::from_secs(5)).await;
    assert_eq!((status.and_then(|status| status.code()), means), (Some(0), Means::None));
    assert!(gone(&grandchild).await, "the grandchild {grandchild} still runs");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn dropping_a_child_kills_its_group() {
    let (child, _stdin, stdout) = Child::start(&shell("sleep 100 & echo $!; wait")).unwrap();
    let grandchild = first_line(stdout).await;
    drop(child);
    assert!(gone(&grandchild).await, "the grandchild {grandchild} still runs");
}
