//! The frame of a page: head, look, script, and nothing from elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::report::record::Status;

const STYLE: &str = include_str!("style.css");

/// Everything up to the body's content. `script` is the text of the page's own script, the only
/// one that the page lets run.
pub fn head(title: &str, script: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; img-src data:; \
         base-uri 'none'; form-action 'none'"
    );
    let head = html! {
        (DOCTYPE)
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="generator" content=(concat!("acs-conformance ", env!("CARGO_PKG_VERSION")));
            title { (title) }
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    };
    format!("{}<body>", head.into_string())
}

/// Everything after the body's content.
pub fn foot(script: &str) -> String {
    let foot = html! {
        footer.colophon {
            p {
                "Written by acs-conformance " (env!("CARGO_PKG_VERSION"))
                ". Secrets were masked when this was recorded. "
                span.keys { kbd { "/" } " search · " kbd { "j" } kbd { "k" } " move · " kbd { "Esc" } " back" }
            }
        }
        script { (PreEscaped(script)) }
        (PreEscaped("</body></html>\n"))
    };
    foot.into_string()
}

/// The switch between light and dark; without a script the system decides.
pub fn theme_button() -> Markup {
    html! {
        button.theme #theme type="button" hidden aria-label="Switch between light and dark" {
            "◐"
        }
    }
}

/// A verdict as a word on its colour.
pub fn pill(status: Status) -> Markup {
    html! {
        span.pill.(status.class()) { span.sign aria-hidden="true" { (status.sign()) } " " (status.name()) }
    }
}

/// A verdict as a sign alone, its word for those who cannot see it.
pub fn mark(status: Status) -> Markup {
    html! {
        span.mark.(status.class()) title=(status.name()) {
            span aria-hidden="true" { (status.sign()) }
            span.unseen { (status.name()) }
        }
    }
}

/// Prose in which words between backticks are code.
pub fn prose(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// `950 µs`, `12 ms`, `3.4 s`, `2 min 5 s`.
pub fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..10_000 => format!("{}.{} ms", us / 1_000, us % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..60_000_000 => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
        _ => format!("{} min {} s", us / 60_000_000, us % 60_000_000 / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_told_in_the_unit_that_fits() {
        let told: Vec<String> =
            [950, 1_200, 45_900, 3_450_000, 125_000_000].into_iter().map(duration).collect();
        assert_eq!(told, ["950 µs", "1.2 ms", "45 ms", "3.4 s", "2 min 5 s"]);
    }
}
