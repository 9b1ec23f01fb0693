//! The exchanges of a case over time: first attempts, retries and cleanup told apart.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::page::duration;
use crate::report::CaseReport;
use crate::report::record::ExchangeEntry;

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    /// Sent again after an answer that invites it.
    Retry,
    Cleanup,
}

struct Bar<'a> {
    kind: Kind,
    /// The step's path; `None` for cleanup.
    step: Option<&'a str>,
    exchange: &'a ExchangeEntry,
}

/// The waterfall, nothing for a case without exchanges.
pub fn waterfall(case: &CaseReport) -> Markup {
    let bars = bars(case);
    let Some(scale) = Scale::of(&bars) else { return html! {} };
    let retries = bars.iter().filter(|bar| bar.kind == Kind::Retry).count();
    let cleanups = bars.iter().filter(|bar| bar.kind == Kind::Cleanup).count();
    html! {
        section.waterfall aria-label="time" {
            h4 {
                "Time " small {
                    (bars.len()) " requests in " (duration(scale.length))
                    @if retries > 0 { ", " (retries) " of them retries" }
                    @if cleanups > 0 { ", " (cleanups) " cleanup" }
                }
            }
            div.legend aria-hidden="true" {
                span.swatch.first { "request" } span.swatch.retry { "retry" } span.swatch.cleanup { "cleanup" }
            }
            ol.bars {
                @for bar in &bars { (row(bar, &scale)) }
            }
        }
    }
}

fn row(bar: &Bar<'_>, scale: &Scale) -> Markup {
    let (left, width) = scale.place(bar.exchange);
    let class = match bar.kind {
        Kind::First => "first",
        Kind::Retry => "retry",
        Kind::Cleanup => "cleanup",
    };
    let broken = bar.exchange.response.is_none();
    html! {
        li.bar.(class) {
            span.what {
                @if let Some(step) = bar.step { span.step { (step) } " " }
                code { (bar.exchange.request.method) " " (bar.exchange.request.path()) }
            }
            span.track {
                i.(class).broken[broken] style=(format!("left:{left}%;width:{width}%")) {}
            }
            span.took {
                @if bar.kind != Kind::First { span.unseen { (class) " " } }
                (bar.exchange.response.as_ref().map_or("✗".to_owned(), |answer| answer.status.to_string()))
                " · " (duration(bar.exchange.duration_us))
            }
        }
    }
}

fn bars(case: &CaseReport) -> Vec<Bar<'_>> {
    let mut bars = Vec::new();
    for step in &case.steps {
        let mut before: Option<&ExchangeEntry> = None;
        for exchange in &step.exchanges {
            let again = before.is_some_and(|before| {
                before.invites_retry()
                    && before.request.method == exchange.request.method
                    && before.request.url == exchange.request.url
            });
            let kind = match (exchange.cleanup, again) {
                (true, _) => Kind::Cleanup,
                (false, true) => Kind::Retry,
                (false, false) => Kind::First,
            };
            bars.push(Bar { kind, step: Some(&step.path), exchange });
            before = Some(exchange);
        }
    }
    let undoings = case.entry.iter().flat_map(|entry| &entry.cleanup);
    bars.extend(undoings.flat_map(|undoing| &undoing.exchanges).map(|exchange| Bar {
        kind: Kind::Cleanup,
        step: None,
        exchange,
    }));
    bars
}

/// From instants to per cent.
struct Scale {
    start: DateTime<Utc>,
    /// In microseconds, never 0.
    length: u64,
}

impl Scale {
    fn of(bars: &[Bar<'_>]) -> Option<Self> {
        let start = bars.iter().map(|bar| bar.exchange.started).min()?;
        let length = bars
            .iter()
            .map(|bar| offset(start, bar.exchange.started).saturating_add(bar.exchange.duration_us))
            .max()?;
        Some(Self { start, length: length.max(1) })
    }

    /// Left edge and width in per cent with two digits, as text, so that no floating point varies.
    fn place(&self, exchange: &ExchangeEntry) -> (String, String) {
        let left = offset(self.start, exchange.started);
        (self.per_cent(left), self.per_cent(exchange.duration_us))
    }

    fn per_cent(&self, us: u64) -> String {
        let parts = u128::from(us) * 10_000 / u128::from(self.length);
        format!("{}.{:02}", parts / 100, parts % 100)
    }
}

fn offset(start: DateTime<Utc>, at: DateTime<Utc>) -> u64 {
    at.signed_duration_since(start)
        .num_microseconds()
        .and_then(|us| u64::try_from(us).ok())
        .unwrap_or_default()
}
