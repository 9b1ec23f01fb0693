//! `doctor`: say whether a resource can be used.

use super::live::{AccountArgs, is_proxied};
use crate::cli::output::{masked, say, warn};
use crate::exit::Exit;
use crate::target::doctor::{Finding, Visit, unusable};

/// Looks at a resource in ten lines: endpoint, credentials, DNS, TLS, clock, signature, identity,
/// rooms, api-versions, rate. Creates nothing.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    account: AccountArgs,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let (client, authorities) = match args.account.client() {
        Ok(client) => client,
        Err(error) => {
            warn(format!("error: {error:#}"));
            return Ok(Exit::Invalid);
        }
    };
    let account = match args.account.account(&client) {
        Ok(account) => account,
        Err(error) => return Ok(show(&unusable(&error))),
    };
    let proxied = match is_proxied(account.endpoint()) {
        Ok(proxied) => proxied,
        Err(why) => {
            warn(format_args!("error: {why}"));
            return Ok(Exit::Invalid);
        }
    };
    let visit =
        Visit { account: &account, client: &client, proxied, authorities: authorities.as_deref() };
    Ok(show(&visit.pay().await))
}

fn show(findings: &[Finding]) -> Exit {
    for finding in findings {
        say(masked(finding));
    }
    Exit::worst(findings.iter().map(|finding| finding.exit))
}
