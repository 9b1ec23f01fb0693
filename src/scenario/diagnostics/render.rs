//! Diagnostics for people, as rustc shows them, and for GitHub's annotations.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Severity};
use crate::scenario::Place;

/// Lines before and after the place that are handed to the renderer; it shows what it needs.
const AROUND: usize = 3;
/// A marked text longer than this is marked at its beginning only.
const LONGEST_MARK_LINES: usize = 6;

/// Message, `file:line:column`, source lines, caret, help. `styled` adds colours.
pub fn render(diagnostic: &Diagnostic, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut main = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .elements(std::iter::empty::<Snippet<'_, annotate_snippets::Annotation<'_>>>());
    match (&diagnostic.place, &diagnostic.path) {
        (Some(place), _) => {
            let label = diagnostic.label.as_deref();
            let (same, other): (Vec<_>, Vec<_>) = diagnostic
                .related
                .iter()
                .partition(|(related, _)| related.source.path == place.source.path);
            let marks = std::iter::once((place, label, AnnotationKind::Primary))
                .chain(same.into_iter().map(|(related, what)| {
                    (related, Some(what.as_str()), AnnotationKind::Context)
                }));
            main = main.element(snippet(marks.collect()));
            for (related, what) in other {
                let mark = (related, Some(what.as_str()), AnnotationKind::Context);
                main = main.element(snippet(vec![mark]));
            }
        }
        (None, Some(path)) => main = main.element(Origin::path(path.display().to_string())),
        (None, None) => {}
    }
    if let Some(help) = &diagnostic.help {
        main = main.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let report: &[Group<'_>] = &[main];
    renderer.render(report)
}

type Mark<'a> = (&'a Place, Option<&'a str>, AnnotationKind);

/// The lines around the marks of one file. The whole text is never handed over: a scenario may be
/// long, and a renderer looks at all of it.
fn snippet<'a>(marks: Vec<Mark<'a>>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let source = &marks[0].0.source;
    let first = marks.iter().map(|(place, ..)| place.line).min().unwrap_or(1);
    let last = marks.iter().map(|(place, ..)| place.span.end).max().unwrap_or(0);
    let (start, line_start) = lines_before(&source.text, &marks, first);
    let end = lines_after(&source.text, last);
    let text = source.text.get(start..end).unwrap_or_default();
    let mut snippet =
        Snippet::source(text).line_start(line_start).path(source.path.display().to_string());
    for (place, label, kind) in &marks {
        let span = marked(place);
        let span = span.start.saturating_sub(start)..span.end.saturating_sub(start);
        snippet = snippet.annotation(kind.span(clamp(span, text)).label(*label));
    }
    snippet
}

/// Where the lines to show begin, and the number of the first.
fn lines_before(text: &str, marks: &[Mark<'_>], first: usize) -> (usize, usize) {
    let begin = marks.iter().map(|(place, ..)| place.span.start).min().unwrap_or(0);
    let mut start = text.get(..begin).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let mut line = first;
    for _ in 0..AROUND {
        if start == 0 {
            break;
        }
        start = text.get(..start - 1).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        line = line.saturating_sub(1);
    }
    (start, line.max(1))
}

fn lines_after(text: &str, last: usize) -> usize {
    let mut end = last.min(text.len());
    for _ in 0..AROUND {
        match text.get(end..).and_then(|after| after.find('\n')) {
            Some(at) => end += at + 1,
            None => return text.len(),
        }
    }
    end
}

/// The place without blanks at its end; of a long one its first line alone.
fn marked(place: &Place) -> Range<usize> {
    let text = place.source.text.get(place.span.clone()).unwrap_or_default();
    let trimmed = text.trim_end();
    let shown = if trimmed.lines().count() > LONGEST_MARK_LINES {
        trimmed.lines().next().unwrap_or_default()
    } else {
        trimmed
    };
    place.span.start..place.span.start + shown.len()
}

fn clamp(span: Range<usize>, text: &str) -> Range<usize> {
    let start = span.start.min(text.len());
    start..span.end.clamp(start, text.len())
}

/// One line for GitHub Actions, which shows it at the line of the file.
pub fn render_github(diagnostic: &Diagnostic) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(file) = diagnostic.file() {
        properties.push(format!("file={}", property(&file.display().to_string())));
    }
    if let Some(place) = &diagnostic.place {
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
    }
    properties.push(format!("title={}", property(diagnostic.code)));
    let mut message = diagnostic.message.clone();
    for more in diagnostic.label.iter().chain(&diagnostic.help) {
        message.push('\n');
        message.push_str(more);
    }
    format!("::{kind} {}::{}", properties.join(","), data(&message))
}

/// GitHub's escapes for the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same for a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
