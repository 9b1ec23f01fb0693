//! `emulator`: serve Rooms and Identity on this machine.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use super::emulation::Emulation;
use super::signals::Interrupts;
use crate::cli::output::{self, print, warn};
use crate::emulator::{Authority, Emulator, StartError, write_whole};
use crate::exit::Exit;

#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    emulation: Emulation,
    /// The port; further resources take the next ones [default: a free one].
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Write the connection string and what else clients need to this file, once they can connect.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// The address to listen on [default: loopback]; :: is every address, of IPv4 too.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<IpAddr>,
    /// A host name of the endpoint, for the certificate too; the first one is shown.
    #[arg(long, value_name = "HOST", value_parser = host_name)]
    name: Vec<String>,
    /// Keep the certificate authority in this folder; made there on first use.
    #[arg(long, value_name = "DIR")]
    ca_dir: Option<PathBuf>,
    /// Keep the state in this file over restarts, one emulator at a time. A change that cannot be
    /// written is answered 500; it is made all the same, and written along with the next one.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Offer the admin API on a port of its own (plain HTTP, loopback only).
    #[arg(long)]
    admin: bool,
    /// The admin API's port; implies --admin [default: a free one].
    #[arg(long, value_name = "N")]
    admin_port: Option<u16>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    super::logging::start();
    super::signals::raise_file_limit();
    // Before anything is made that a signal would leave behind.
    let mut interrupts = Interrupts::listen()?;
    let mut leftovers = Leftovers::default();
    let emulator = match start(&args).await {
        Ok(emulator) => emulator,
        Err(error) => {
            warn!("error: {error:#}");
            let invalid = !matches!(error.downcast_ref(), Some(StartError::Listen { .. }));
            return Ok(if invalid { Exit::Invalid } else { Exit::Unreachable });
        }
    };
    let ca = ca_file(&args, &emulator, &mut leftovers)?;
    let lines = lines(&emulator, &ca);
    if let Some(path) = &args.env_file {
        let written = tokio::select! {
            written = write_env_file(path.clone(), lines.clone()) => written,
            _ = interrupts.next() => Err(io::Error::other("interrupted before anybody read it")),
        };
        if let Err(error) = written {
            warn!(
                "error: the env file {} cannot be written: {error}; name one in a folder that is \
                 there and yours",
                path.display()
            );
            emulator.stop().await;
            return Ok(Exit::Invalid);
        }
    }
    print(&lines);
    if let Some(why) = output::failure() {
        // Nobody can learn where it is.
        warn!("error: {why}");
        emulator.stop().await;
        return Ok(Exit::Harness);
    }
    for note in args.emulation.served_as_notes() {
        warn!("{note}");
    }
    interrupts.next().await;
    emulator.stop().await;
    Ok(Exit::Success)
}

async fn start(args: &Args) -> anyhow::Result<Emulator> {
    let names = names(args);
    let authority = match &args.ca_dir {
        Some(directory) => Authority::in_directory(directory, &names),
        None => Authority::generate_for(&names),
    }
    .map_err(StartError::from)?;
    let mut builder = args.emulation.builder()?.authority(&authority).port(args.port).names(names);
    if let Some(address) = args.listen {
        builder = builder.listen(address);
    }
    if let Some(path) = &args.state {
        builder = builder.state_file(path);
    }
    if args.admin || args.admin_port.is_some() {
        builder = builder.admin(args.admin_port.unwrap_or(0)).journal_of(JOURNAL);
    }
    Ok(builder.start().await?)
}

/// How many exchanges the admin API can show.
const JOURNAL: usize = 1000;

/// The names given; a single address that is listened on is one when none is given. `localhost`
/// is 127.0.0.1 everywhere, and other addresses of the loopback nowhere for sure.
fn names(args: &Args) -> Vec<String> {
    match args.listen {
        Some(address)
            if args.name.is_empty()
                && !address.is_unspecified()
                && address != Ipv4Addr::LOCALHOST =>
        {
            vec![address.to_string()]
        }
        _ => args.name.clone(),
    }
}

/// A host as endpoints and certificates name it.
fn host_name(text: &str) -> Result<String, String> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let label = |label: &str| {
        let bytes = label.as_bytes();
        let ends = bytes.first().zip(bytes.last());
        bytes.len() <= 63
            && ends.is_some_and(|(first, last)| letter(*first) && letter(*last))
            && bytes.iter().all(|byte| letter(*byte) || *byte == b'-')
    };
    if text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(label)) {
        return Ok(text.to_owned());
    }
    Err("no host; write a DNS name such as acs.test, or an IP address such as 10.0.0.7 or ::1, \
         without scheme, port and brackets"
        .to_owned())
}

/// Writes it on a thread of its own: a pipe waits until somebody reads it.
async fn write_env_file(path: PathBuf, lines: String) -> io::Result<()> {
    let (done, written) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || done.send(write_whole(&path, lines.as_bytes())));
    written.await.unwrap_or_else(|_| Err(io::Error::other("the writer is gone")))
}

/// Files that are removed at the end because nobody named them.
#[derive(Default)]
struct Leftovers(Option<tempfile::TempDir>);

/// Where the CA's certificate lies: in the user's folder, or in one of ours.
fn ca_file(args: &Args, emulator: &Emulator, leftovers: &mut Leftovers) -> anyhow::Result<PathBuf> {
    if let Some(directory) = &args.ca_dir {
        return Ok(std::path::absolute(Authority::certificate_in(directory))?);
    }
    let directory = tempfile::Builder::new().prefix("acs-conformance-").tempdir()?;
    let path = directory.path().join("ca.pem");
    std::fs::write(&path, emulator.ca_pem())?;
    leftovers.0 = Some(directory);
    Ok(path)
}

/// What clients need, a variable a line.
fn lines(emulator: &Emulator, ca: &Path) -> String {
    let mut lines = String::new();
    let mut line = |name: &str, number: usize, value: &str| {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        lines.push_str(&format!("{name}{suffix}={value}\n"));
    };
    for (number, resource) in (1..).zip(emulator.resources()) {
        line("ACS_CONNECTION_STRING", number, resource.connection_string().expose());
        if number == 1 {
            line("ACS_CA_BUNDLE", 1, &ca.display().to_string());
        }
        line("ACS_BEARER_TOKEN", number, resource.bearer_token().expose());
    }
    if let Some(url) = emulator.admin_url() {
        line("ACS_ADMIN_URL", 1, url);
    }
    lines
}
