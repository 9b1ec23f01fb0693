//! An exchange as text, without its secrets.

use serde_json::Value;

use super::style::{CYAN, FAINT, paint};
use crate::report::describe::Redaction;
use crate::target::refusal::Refusal;
use crate::transcript::{Exchange, Headers};

/// Bodies longer than this are cut.
const LONGEST_BODY: usize = 4_000;

/// Request and answer, a line each header, indented.
pub(super) fn text(exchange: &Exchange, redaction: &Redaction) -> String {
    let mut text = String::new();
    let sent = &exchange.sent;
    let line = format!("> {} {}", sent.method, redaction.text(&sent.target));
    push(&mut text, &paint(CYAN, &line));
    headers(&mut text, '>', &sent.headers, redaction);
    body(&mut text, &sent.body, redaction);
    match &exchange.received {
        Some(received) => {
            let took = format!("({:.1} ms)", exchange.duration.as_secs_f64() * 1000.0);
            let line = paint(CYAN, &format!("< {}", received.status));
            push(&mut text, &format!("{line} {}", paint(FAINT, &took)));
            headers(&mut text, '<', &received.headers, redaction);
            body(&mut text, &received.body, redaction);
        }
        None => {
            let why = exchange.broken.as_deref().unwrap_or("no whole answer came");
            push(&mut text, &format!("< nothing: {}", redaction.text(why)));
        }
    }
    for fact in [&exchange.attempt.refusal, &exchange.attempt.fault].into_iter().flatten() {
        push(&mut text, &paint(FAINT, &format!("  ({})", redaction.text(fact))));
    }
    if let Some(refusal) = Refusal::of(exchange) {
        for line in redaction.text(&refusal.to_string()).lines() {
            push(&mut text, line);
        }
    }
    text
}

fn push(text: &mut String, line: &str) {
    text.push_str("    ");
    text.push_str(line);
    text.push('\n');
}

fn headers(text: &mut String, mark: char, headers: &Headers, redaction: &Redaction) {
    for (name, value) in &headers.0 {
        push(text, &format!("{mark} {name}: {}", redaction.header(name, value)));
    }
}

fn body(text: &mut String, body: &[u8], redaction: &Redaction) {
    if body.is_empty() {
        return;
    }
    let body = redaction.body(body);
    let shown = match serde_json::from_slice::<Value>(&body) {
        Ok(value) => format!("{value:#}"),
        Err(_) => String::from_utf8_lossy(&body).into_owned(),
    };
    let cut = shown.char_indices().nth(LONGEST_BODY).map(|(index, _)| index);
    for line in shown.get(..cut.unwrap_or(shown.len())).unwrap_or_default().lines() {
        push(text, &format!("  {line}"));
    }
    if cut.is_some() {
        push(text, &format!("  … ({} bytes in all)", body.len()));
    }
}
