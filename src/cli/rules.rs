//! `rules`: list and explain the wire rules.

use clap::Subcommand;

use crate::cli::output::{print, say, warn};
use crate::exit::Exit;
use crate::judge::rules::{self, Family, Rule};

#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Write the table as a page of Markdown.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Write the table as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell a rule, why it matters and how to obey it.
    Explain {
        /// Such as AUTH-3.
        #[arg(required = true, value_name = "RULE-ID")]
        ids: Vec<String>,
    },
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    match args.command {
        Some(Command::Explain { ids }) => return Ok(explain(&ids)),
        None if args.markdown => print(rules::document()),
        None if args.json => say!("{}", serde_json::to_string_pretty(&json())?),
        None => list(),
    }
    Ok(Exit::Success)
}

fn list() {
    for family in Family::ALL {
        say!("{}", family.title());
        for rule in family.rules() {
            let manner = if rule.is_passive() { "passive" } else { "active" };
            say!(
                "  {:<8} {} {:<6} {manner:<8} {}",
                rule.id,
                rule.profile.letter(),
                rule.level.name(),
                rule.title
            );
        }
    }
    say!("\nacs-conformance rules explain AUTH-3 tells more about one.");
}

fn json() -> serde_json::Value {
    rules::all()
        .map(|rule| {
            serde_json::json!({
                "id": rule.id,
                "family": rule.family.title(),
                "level": rule.level.name(),
                "profile": rule.profile.letter().to_string(),
                "passive": rule.is_passive(),
                "title": rule.title,
                "source": rule.source,
                "observed": rule.observed,
                "why": rule.why,
                "how": rule.how,
            })
        })
        .collect()
}

fn explain(ids: &[String]) -> Exit {
    let mut exit = Exit::Success;
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            say!("");
        }
        match rules::find(id) {
            Some(rule) => tell(rule),
            None => {
                warn!("error: there is no rule {id}{}", near(id));
                exit = Exit::Invalid;
            }
        }
    }
    exit
}

fn tell(rule: &Rule) {
    let manner = if rule.is_passive() {
        "every exchange of every case"
    } else {
        "the scenarios that name it"
    };
    say!("{}  {}", rule.id, rule.title);
    say!("");
    say!("  Level     {}", rule.level.name());
    say!("  Profile   {} ({})", rule.profile.letter(), rule.profile.name());
    say!("  Source    {}", rule.source);
    say!("  Judged    {manner}");
    say!("  Observed  {}", rule.observed);
    say!("  Why       {}", rule.why);
    say!("  How       {}", rule.how);
}

/// The rules of the family that was meant, or where all of them are.
fn near(id: &str) -> String {
    let prefix = id.split('-').next().unwrap_or_default();
    let family = Family::ALL.into_iter().find(|f| f.prefix().eq_ignore_ascii_case(prefix));
    match family {
        Some(family) => {
            let ids: Vec<&str> = family.rules().iter().map(|rule| rule.id).collect();
            format!("; that family has {}", ids.join(", "))
        }
        None => "; `acs-conformance rules` lists them".to_owned(),
    }
}
