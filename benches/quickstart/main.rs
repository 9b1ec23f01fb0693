//! How much the harness costs.
//!
//! (a) The quickstart through the runner (signing, asserting, snapshot and cleanup included)
//!     against a bare loop of the same requests, on the same server: at least 0.8 of its rate.
//! (c) The whole process, from its start to its end, for one quickstart.
//! (d) Peak memory of 10,000 quickstarts against that of 100: at most 10 MB more.
//!
//! `cargo bench --bench quickstart`. Ends with 1 when a bound is broken.

mod bare;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use acs_conformance::acs::connection_string::ConnectionString;
use acs_conformance::driver::DriverKind;
use acs_conformance::driver::wire::Client;
use acs_conformance::emulator::{Authority, Emulator};
use acs_conformance::exit::Exit;
use acs_conformance::judge::JudgeOptions;
use acs_conformance::plan::{BuiltIn, Case, Selection};
use acs_conformance::report::RunStarted;
use acs_conformance::run::{CaseOptions, Suite};
use acs_conformance::target::credentials::Account;
use acs_conformance::target::{Live, Target};
use acs_conformance::transcript::TargetKind;
use bare::Bare;

/// Quickstarts on one server. Few, since deleted rooms make its list longer.
const BATCH: u32 = 20;
/// Pairs of batches, runner and bare loop in turn.
const PAIRS: usize = 40;
/// Requests of one quickstart, those of its cleanup included.
const REQUESTS: u32 = 15;
const FLOOR: f64 = 0.8;
const STARTS: usize = 20;
const MORE_MEMORY: u64 = 10 * 1024 * 1024;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ratio = runtime.block_on(rates());
    whole_process();
    let grown = memory();
    if ratio < FLOOR || grown > MORE_MEMORY {
        eprintln!("a bound is broken");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn scenario() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.yaml")
}

/// (a)
async fn rates() -> f64 {
    let authority = Authority::generate().expect("an authority");
    let loaded = acs_conformance::scenario::load(&[scenario()]);
    let selection = Selection { repeat: BATCH, target: TargetKind::Live, ..Selection::default() };
    let cases: Arc<[Case]> = selection.plan(&loaded.scenarios, &BuiltIn).cases.into();
    let (mut through, mut alone) = (Vec::new(), Vec::new());
    for pair in 0..=PAIRS {
        let (runner, loops) = (runner(&authority, &cases).await, bare(&authority).await);
        // The first pair warms up.
        if pair > 0 {
            through.push(runner);
            alone.push(loops);
        }
    }
    let per_second = |times: &mut Vec<Duration>| {
        times.sort();
        f64::from(BATCH * REQUESTS) / times[times.len() / 2].as_secs_f64()
    };
    let (through, alone) = (per_second(&mut through), per_second(&mut alone));
    println!("(a) runner     {through:>9.0} requests/s");
    println!("    bare loop  {alone:>9.0} requests/s");
    println!("    ratio      {:>9.2} (at least {FLOOR})", through / alone);
    through / alone
}

async fn server(authority: &Authority) -> Emulator {
    Emulator::builder().authority(authority).start().await.expect("an emulator")
}

async fn runner(authority: &Authority, cases: &Arc<[Case]>) -> Duration {
    let emulator = server(authority).await;
    let text = emulator.connection_string();
    let connection = ConnectionString::parse(text.expose()).expect("a connection string");
    let client = Client::trusting(authority.ca_pem()).expect("a client");
    let target = Target::Live(Box::new(Live::new(Account::with_keys(&connection, None), client)));
    let suite = Suite {
        cases: cases.clone(),
        target: Arc::new(target),
        driver: DriverKind::Wire,
        options: CaseOptions::default(),
        judge: JudgeOptions { require_snapshots: true, ..JudgeOptions::default() },
        jobs: 1,
        fail_fast: false,
    };
    let started = RunStarted {
        cases: cases.len(),
        plan: cases,
        selected: cases.len(),
        shard: None,
        suite: String::new(),
        not_applicable: &[],
        diagnostics: &[],
        invalid_files: 0,
        target: TargetKind::Live,
        driver: "wire",
        started: chrono::Utc::now(),
        seed: 0,
        jobs: 1,
    };
    let clock = Instant::now();
    let finished = suite.run(&started, Vec::new()).await;
    let took = clock.elapsed();
    assert_eq!(finished.exit, Some(Exit::Success), "the quickstart must be green");
    emulator.stop().await;
    took
}

async fn bare(authority: &Authority) -> Duration {
    let emulator = server(authority).await;
    let mut bare = Bare {
        client: bare_client(authority),
        endpoint: emulator.endpoint().to_owned(),
        key: emulator.primary_key().clone(),
        requests: 0,
    };
    let clock = Instant::now();
    for _ in 0..BATCH {
        bare.quickstart().await;
    }
    let took = clock.elapsed();
    assert_eq!(bare.requests, u64::from(BATCH * REQUESTS));
    emulator.stop().await;
    took
}

fn bare_client(authority: &Authority) -> reqwest::Client {
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    let pem = authority.ca_pem().as_bytes();
    for certificate in rustls::pki_types::CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.expect("a certificate")).expect("an authority");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .tcp_nodelay(true)
        .no_proxy()
        .build()
        .expect("a client")
}

/// (c)
fn whole_process() {
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let clock = Instant::now();
            run(&[]);
            clock.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "(c) process    {:>9.1} ms (median of {STARTS}, fastest {:.1})",
        times[STARTS / 2].as_secs_f64() * 1000.0,
        times[0].as_secs_f64() * 1000.0
    );
}

/// (d)
fn memory() -> u64 {
    run(&["--repeat", "100"]);
    let few = peak();
    let clock = Instant::now();
    run(&["--repeat", "10000"]);
    let took = clock.elapsed();
    let many = peak();
    println!("(d) peak memory {:>8.1} MB at 100 quickstarts", megabytes(few));
    println!(
        "                {:>8.1} MB at 10,000 ({:.0} quickstarts/s)",
        megabytes(many),
        10_000.0 / took.as_secs_f64()
    );
    many.saturating_sub(few)
}

fn run(more: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_acs-conformance"))
        .arg("run")
        .arg(scenario())
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the program starts");
    assert!(status.success(), "{status}");
}

/// The highest peak of all children so far, in bytes.
fn peak() -> u64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to a value of the type that the call fills.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr());
        usage.assume_init()
    };
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    u64::try_from(usage.ru_maxrss).unwrap_or_default() * unit
}

fn megabytes(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let bytes = bytes as f64;
    bytes / 1024.0 / 1024.0
}
