//! An exchange as HTML: request and answer side by side, remarks at the top.

use maud::{Markup, html};

use super::page::{duration, prose};
use crate::report::record::{BodyEntry, ExchangeEntry};

/// Longer bodies are cut in the page; the report keeps them whole.
const BODY_SHOWN: usize = 16 * 1024;

/// The exchange, folded; `notes` are what rules found in it.
pub fn exchange(entry: &ExchangeEntry, notes: &[(String, String)], open: bool) -> Markup {
    html! {
        details.exchange open[open] {
            summary { (line(entry)) }
            (content(entry, notes))
        }
    }
}

/// The exchange without its fold.
pub fn content(entry: &ExchangeEntry, notes: &[(String, String)]) -> Markup {
    html! {
        (remarks(entry, notes))
        div.sides {
            section.side aria-label="request" {
                h5 { "Request" }
                pre.http tabindex="0" {
                    b { (entry.request.method) " " (entry.request.target()) } " " (entry.request.protocol) "\n"
                    (headers(&entry.request.headers))
                    (body(&entry.request.body))
                }
            }
            section.side aria-label="answer" {
                h5 { "Answer" }
                @match &entry.response {
                    Some(response) => pre.http tabindex="0" {
                        b { (response.status) } "\n"
                        (headers(&response.headers))
                        (body(&response.body))
                    },
                    None => p.broken { (entry.answer()) },
                }
            }
        }
    }
}

fn line(entry: &ExchangeEntry) -> Markup {
    let class = match entry.response.as_ref().map(|response| response.status) {
        None => "s0",
        Some(200..=299) => "s2",
        Some(300..=399) => "s3",
        Some(400..=499) => "s4",
        Some(_) => "s5",
    };
    html! {
        code.method { (entry.request.method) }
        " "
        code.target { (entry.request.target()) }
        span.status.(class) { (entry.response.as_ref().map_or("✗".to_owned(), |response| response.status.to_string())) }
        span.took { (duration(entry.duration_us)) }
        @if entry.cleanup { span.tag { "cleanup" } }
        @if entry.fault.is_some() { span.tag.fault { "fault" } }
    }
}

fn remarks(entry: &ExchangeEntry, notes: &[(String, String)]) -> Markup {
    html! {
        ul.notes {
            @for (rule, message) in notes {
                li.note { b { (rule) } " " (prose(message)) }
            }
            @if let Some(fault) = &entry.fault { li { b { "deliberate fault" } " " (fault) } }
            @if let Some(refusal) = &entry.refusal { li { b { "refused" } " " (refusal) } }
            @if let Some(broken) = &entry.broken { li { b { "no whole answer" } " " (broken) } }
            @if let Some(known) = &entry.served_as { li { b { "served as" } " " (known) } }
            li.facts {
                "seen by the " (entry.observer)
                @if let Some(connection) = entry.connection { " · connection " (connection) }
                @if let Some(form) = &entry.signature_form { " · signature fits " code { (form) } }
                @if let Some(operation) = &entry.operation { " · " code { (operation) } }
                " · " code.digest { (entry.digest) }
            }
        }
    }
}

fn headers(headers: &[(String, String)]) -> Markup {
    html! {
        @for (name, value) in headers {
            span.name { (name) ":" } " " (value) "\n"
        }
    }
}

fn body(body: &BodyEntry) -> Markup {
    if body.is_empty() {
        return html! {};
    }
    let text = match body.json() {
        // Writing JSON that was just read cannot fail.
        Some(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
        None => body.content.clone(),
    };
    let shown = cut(&text, BODY_SHOWN);
    html! {
        "\n"
        @if body.base64 { i { "(no text; base64)" } "\n" }
        (shown)
        @if shown.len() < text.len() {
            "\n" i { "… cut after " (shown.len()) " of " (text.len()) " bytes" }
        }
    }
}

/// At most `most` bytes of a text, whole characters only.
pub fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
