//! The admin API's listener and its table of routes.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::handlers;
use super::problem::Problem;
use crate::emulator::authority::Authority;
use crate::emulator::resource::Resource;
use crate::emulator::world::World;

/// What the admin API acts on.
pub(in crate::emulator) struct Admin {
    pub world: Arc<World>,
    pub resources: Vec<Arc<Resource>>,
    pub authority: Authority,
}

/// A state of many rooms is long; it is the longest that anybody sends here.
const LONGEST_BODY: usize = 1 << 30;
/// For a head to arrive, and for an idle connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// Binds the port and serves until stopped. Gives the URL.
///
/// # Errors
///
/// The port is taken.
pub(in crate::emulator) async fn serve(
    admin: Admin,
    port: u16,
    stopped: &watch::Sender<bool>,
    tasks: &mut JoinSet<()>,
) -> io::Result<String> {
    let socket = TcpListener::bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)).await?;
    let url = format!("http://{}", socket.local_addr()?);
    tasks.spawn(accept(socket, router(Arc::new(admin)), stopped.subscribe()));
    Ok(url)
}

fn router(admin: Arc<Admin>) -> Router {
    Router::new()
        .route("/health", get(handlers::health))
        .route("/ready", get(handlers::ready))
        .route("/reset", post(handlers::reset))
        .route("/seed", post(handlers::seed))
        .route("/state", get(handlers::read_state).put(handlers::write_state))
        .route("/clock", get(handlers::read_clock).put(handlers::set_clock))
        .route("/clock/advance", post(handlers::advance_clock))
        .route(
            "/faults",
            get(handlers::list_faults)
                .post(handlers::schedule_fault)
                .delete(handlers::clear_faults),
        )
        .route("/rate-limits", get(handlers::read_rate_limits).put(handlers::write_rate_limits))
        .route("/journal", get(handlers::read_journal).delete(handlers::clear_journal))
        .route("/ca.pem", get(handlers::certificate))
        .route("/routes", get(handlers::routes))
        .route("/openapi.json", get(handlers::description))
        .fallback(|| async { Problem::not_found() })
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn(local_programs_only))
        .with_state(admin)
}

/// Web pages can send requests to loopback too: those are refused, by what browsers cannot hide.
async fn local_programs_only(request: Request, next: Next) -> Response {
    let host =
        request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = matches!(name, "localhost" | "127.0.0.1" | "[::1]" | "");
    if local && !request.headers().contains_key(ORIGIN) {
        return next.run(request).await;
    }
    Problem::foreign_origin().into_response()
}

async fn accept(socket: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => {
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                };
                let service = TowerToHyperService::new(router.clone());
                connections.spawn(async move {
                    let mut builder = http1::Builder::new();
                    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
                    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
                        tracing::debug!(%error, "admin connection ended early");
                    }
                    Ok::<(), Infallible>(())
                });
            }
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => return,
        }
    }
}
