//! A live resource, played by an emulator in this process: what a run does to it, whatever
//! happens. The harness is the built binary, as a user calls it.

#[path = "live/accounts.rs"]
mod accounts;
#[cfg(unix)]
#[path = "live/adapters.rs"]
mod adapters;
#[cfg(unix)]
#[path = "live/canary.rs"]
mod canary;
#[path = "live/commands.rs"]
mod commands;
#[path = "live/drift.rs"]
mod drift;
#[path = "live/kills.rs"]
mod kills;
#[path = "live/proxy.rs"]
mod proxy;
#[path = "live/relay.rs"]
mod relay;
#[path = "live/stand_in.rs"]
mod stand_in;
#[path = "live/tap.rs"]
mod tap;
#[path = "live/weather.rs"]
mod weather;
