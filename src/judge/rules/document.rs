//! `docs/rules.md`: the table as a page.

use std::fmt::Write as _;

use super::{Family, Level, Rule, all};

/// The page, Markdown, made from the table alone.
pub fn document() -> String {
    let mut page = String::from(HEAD);
    let count = |level: Level| all().filter(|rule| rule.level == level).count();
    let passive = all().filter(|rule| rule.is_passive()).count();
    // Writing to a text does not fail.
    let _ = writeln!(
        page,
        "{} rules: {} must, {} should, {} observations. {passive} are passive, {} active.\n",
        all().count(),
        count(Level::Must),
        count(Level::Should),
        count(Level::Info),
        all().count() - passive,
    );
    for family in Family::ALL {
        let _ = writeln!(page, "## {}\n", family.title());
        for rule in family.rules() {
            section(&mut page, rule);
        }
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

const HEAD: &str = "<!-- Generated from the table in src/judge/rules; `acs-conformance rules --markdown` writes it. -->

# The wire rules

What an SDK for Azure Communication Services Rooms must do on the wire, and at its interface where the
wire shows it. *Passive* rules judge every exchange of every case; *active* ones have scenarios under
`scenarios/conformance/` that provoke what they speak of. A rule that was never exercised is not green.

A broken *must* fails, a broken *should* warns, an *observation* records what the client did. Profiles: S the
service's contract, A the Azure REST guidelines, G the Azure SDK guidelines, X this harness's own.
Sources: AC, IM and DS are `azurecore.md`, `implementation.md` and `design.md` of the Azure SDK guidelines, RG
the Azure REST API guidelines, HM the documentation's tutorial on signing requests.

";

fn section(page: &mut String, rule: &Rule) {
    let manner = if rule.is_passive() { "passive" } else { "active" };
    let _ = writeln!(
        page,
        "### {}\n\n{}\n\n*{}, profile {}, {manner}. Source: {}.*\n\n- Observed: {}\n- Why: {}\n- How to obey: {}\n",
        rule.id,
        rule.title,
        rule.level.name(),
        rule.profile.letter(),
        rule.source,
        rule.observed,
        rule.why,
        rule.how,
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_page_is_the_table_s() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == super::document(),
            "docs/rules.md is out of date; write it with: cargo run -- rules --markdown > docs/rules.md"
        );
    }
}
