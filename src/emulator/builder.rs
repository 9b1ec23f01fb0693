//! Setting an emulator up, and starting it.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::admin::{self, Admin};
use super::auth::Credentials;
use super::authority::{Authority, AuthorityError};
use super::clock::Clock;
use super::defect::Defects;
use super::faults::Faults;
use super::handle::Emulator;
use super::http::{Front, Limits, Listener, bind};
use super::journal::Journal;
use super::resource::Resource;
use super::seed::Seed;
use super::serve_as::{self, ServeAsError};
use super::service::{Options, Service};
use super::state_file::{self, Keeper, Kept, StateFileError};
use super::throttle::{RateLimit, Throttle};
use super::world::World;
use crate::acs::ApiVersion;
use crate::acs::signing::{AccessKey, AccessKeyError};

/// How an emulator is to be. Every setting has a default; [`Builder::start`] starts it.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    page_size: usize,
    clock: Clock,
    seed: Option<u64>,
    strict: bool,
    service_like_tokens: bool,
    serve_as: Vec<(ApiVersion, ApiVersion)>,
    rate_limits: Vec<RateLimit>,
    resources: usize,
    access_key: Option<AccessKey>,
    authority: Option<Authority>,
    /// The most exchanges, and the most bytes of them.
    journal: Option<(usize, usize)>,
    listen: Option<IpAddr>,
    port: u16,
    names: Vec<String>,
    limits: Limits,
    state_file: Option<PathBuf>,
    admin: Option<u16>,
    defects: Defects,
}

/// How much a bounded journal holds of heads and bodies.
const JOURNAL_BYTES: usize = 64 << 20;

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error("cannot listen on {address}: {reason}")]
    Listen { address: String, reason: io::Error },
    #[error("an emulator has 1 to 100 resources, not {0}")]
    Resources(usize),
    #[error("a page has 1 record at least")]
    PageSize,
    #[error(transparent)]
    ServeAs(#[from] ServeAsError),
    #[error(transparent)]
    State(#[from] StateFileError),
    #[error("cannot make keys: {0}")]
    Key(#[from] AccessKeyError),
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            page_size: 30,
            clock: Clock::machine(),
            seed: None,
            strict: false,
            service_like_tokens: false,
            serve_as: Vec::new(),
            rate_limits: Vec::new(),
            resources: 1,
            access_key: None,
            authority: None,
            journal: None,
            listen: None,
            port: 0,
            names: Vec::new(),
            limits: Limits::default(),
            state_file: None,
            admin: None,
            defects: Defects::NONE,
        }
    }
}

impl Builder {
    /// Entries a page of participants, scanned records a page of rooms; 30 by default.
    pub fn page_size(mut self, size: usize) -> Self {
        self.page_size = size;
        self
    }

    /// The world's time; by default the machine's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Ids, keys and tokens repeat exactly with the same seed; by default nobody can guess them.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Refuses what is let pass for the sake of shipping SDKs.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Continuation tokens with `+`, `/` and percent escapes, as the service's are.
    pub fn service_like_tokens(mut self, on: bool) -> Self {
        self.service_like_tokens = on;
        self
    }

    /// Answers unknown api-versions as known ones: pairs of the unknown and the known one.
    pub fn serve_as(mut self, pairs: Vec<(ApiVersion, ApiVersion)>) -> Self {
        self.serve_as = pairs;
        self
    }

    /// Throttles each resource; no limit by default.
    pub fn rate_limits(mut self, limits: Vec<RateLimit>) -> Self {
        self.rate_limits = limits;
        self
    }

    /// How many resources there are, each with an endpoint (a port) and keys of its own; 1 by default.
    pub fn resources(mut self, count: usize) -> Self {
        self.resources = count;
        self
    }

    /// The first key of the first resource, in place of one that is made.
    pub fn access_key(mut self, key: AccessKey) -> Self {
        self.access_key = Some(key);
        self
    }

    /// The certificate authority, for emulators that share one; by default each makes its own.
    pub fn authority(mut self, authority: &Authority) -> Self {
        self.authority = Some(authority.clone());
        self
    }

    /// Keeps all exchanges until [`Emulator::take_exchanges`] takes them: memory grows meanwhile.
    pub fn journal(mut self, on: bool) -> Self {
        self.journal = on.then_some((usize::MAX, usize::MAX));
        self
    }

    /// Keeps the newest `limit` exchanges, and no more than 64 MiB of them.
    pub fn journal_of(mut self, limit: usize) -> Self {
        self.journal = Some((limit, JOURNAL_BYTES));
        self
    }

    /// Where to listen; by default on the loopback addresses of IPv4 and IPv6.
    pub fn listen(mut self, address: IpAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// The first resource's port, further resources have the next ones; by default free ones.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Host names of the endpoint, the first of which it shows; `localhost` by default. The
    /// certificate holds them, unless [`Builder::authority`] gave one.
    pub fn names(mut self, names: Vec<String>) -> Self {
        self.names = names;
        self
    }

    /// How much, and how long, the front end bears.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Keeps the state (and the keys) in this file over restarts; one emulator at a time has it. A
    /// change that cannot be written is answered 500: it is made all the same, and written along
    /// with the next one.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Offers the admin API on this loopback port (0: a free one), see [`Emulator::admin_url`].
    pub fn admin(mut self, port: u16) -> Self {
        self.admin = Some(port);
        self
    }

    /// Deliberate defects, for the proof that the scenarios notice them.
    #[doc(hidden)]
    pub fn defects(mut self, defects: Defects) -> Self {
        self.defects = defects;
        self
    }

    /// Starts listening. Once this returns, the first real request succeeds.
    ///
    /// Must be called within a tokio runtime, on which the emulator then runs.
    ///
    /// # Errors
    ///
    /// A port that is taken, a name that no certificate can hold, a setting out of its bounds.
    pub async fn start(self) -> Result<Emulator, StartError> {
        if !(1..=100).contains(&self.resources) {
            return Err(StartError::Resources(self.resources));
        }
        if self.page_size == 0 {
            return Err(StartError::PageSize);
        }
        serve_as::check(&self.serve_as)?;
        let authority = match &self.authority {
            Some(authority) => authority.clone(),
            None => Authority::generate_for(&self.names)?,
        };
        let world = Arc::new(World {
            clock: self.clock.clone(),
            faults: Faults::default(),
            journal: self
                .journal
                .map_or_else(Journal::off, |(most, bytes)| Journal::keeping(most, bytes)),
        });
        let (keeper, writer, state_lock) = match &self.state_file {
            Some(path) => {
                let (path, lock) = state_file::claim(path)?;
                let (keeper, writer) = Keeper::new(&path, &lock);
                (Some(keeper), Some(writer), Some(lock))
            }
            None => (None, None, None),
        };
        let mut kept = self.read_state()?;
        let drawn = Seed::random();
        let stopped = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        let mut writers = JoinSet::new();
        let mut resources = Vec::with_capacity(self.resources);
        let mut listeners = Vec::with_capacity(self.resources);
        for number in 1..=self.resources {
            let listener = self.bind(number)?;
            let (kept, keeper) = (kept.pop(), keeper.clone());
            let resource = self.resource(number, listener.port, drawn, kept, keeper)?;
            resources.push(Arc::new(resource));
            listeners.push(listener);
        }
        if let Some(writer) = writer {
            writer.write_first(&resources)?;
            writers.spawn(writer.run(resources.clone()));
        }
        for (listener, resource) in listeners.into_iter().zip(&resources) {
            let front = Front {
                resource: Arc::clone(resource),
                world: Arc::clone(&world),
                authority: authority.clone(),
                limits: self.limits,
            };
            listener.serve(&Arc::new(front), &stopped, &mut tasks);
        }
        let admin_url = match self.admin {
            None => None,
            Some(port) => {
                let (world, resources) = (Arc::clone(&world), resources.clone());
                let admin = Admin { world, resources, authority: authority.clone() };
                let served = admin::serve(admin, port, &stopped, &mut tasks).await;
                let address = format!("127.0.0.1:{port}");
                Some(served.map_err(|reason| StartError::Listen { address, reason })?)
            }
        };
        Ok(Emulator {
            resources,
            world,
            authority,
            admin_url,
            stopped,
            tasks,
            _writers: writers,
            _state_lock: state_lock,
        })
    }

    /// What the state file holds, the last resource first.
    fn read_state(&self) -> Result<Vec<Kept>, StateFileError> {
        let Some(path) = &self.state_file else { return Ok(Vec::new()) };
        let mut kept = state_file::read(path, self.resources)?.unwrap_or_default();
        kept.reverse();
        Ok(kept)
    }

    fn bind(&self, number: usize) -> Result<Listener, StartError> {
        let port = self.port_of(number);
        bind(self.listen, port)
            .map_err(|reason| StartError::Listen { address: self.address(port), reason })
    }

    fn resource(
        &self,
        number: usize,
        port: u16,
        drawn: Seed,
        kept: Option<Kept>,
        keeper: Option<Keeper>,
    ) -> Result<Resource, StartError> {
        let name = self.names.first().map_or("localhost", String::as_str);
        let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        // The numbers of resources are small.
        let place = u64::try_from(number).unwrap_or(u64::MAX);
        let named = self.seed.map(Seed::from_number);
        let seed = named.or_else(|| kept.as_ref().map(|kept| kept.seed)).unwrap_or(drawn);
        let mut credentials = Credentials::from_seed(seed, place)?;
        credentials.strict = self.strict;
        credentials.defects = self.defects;
        if let (Some(key), 1) = (&self.access_key, number) {
            credentials.primary = key.clone();
        }
        let options = Options {
            page_size: self.page_size,
            strict: self.strict,
            service_like_tokens: self.service_like_tokens,
            serve_as: self.serve_as.clone(),
            scheme: "https",
            port,
            defects: self.defects,
        };
        let mut service = Service::new(options, named, place);
        if let (Some(kept), Some(path)) = (kept, &self.state_file) {
            service.import(kept.state).map_err(|error| StateFileError::Foreign {
                path: path.clone(),
                reason: error.to_string(),
            })?;
        }
        Ok(Resource {
            endpoint: format!("https://{name}:{port}"),
            credentials,
            seed,
            service: Mutex::new(service),
            throttle: Throttle::new(self.rate_limits.clone()),
            keeper,
        })
    }

    fn port_of(&self, number: usize) -> u16 {
        if self.port == 0 {
            return 0;
        }
        u16::try_from(number - 1).ok().and_then(|next| self.port.checked_add(next)).unwrap_or(0)
    }

    fn address(&self, port: u16) -> String {
        match self.listen {
            Some(address) => std::net::SocketAddr::new(address, port).to_string(),
            None => format!("localhost:{port}"),
        }
    }
}
