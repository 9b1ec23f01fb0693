//! The emulator under load: against a bare hyper server, and at a thousand and a million rooms.
//!
//! `cargo bench --bench emulator`. Ends with code 1 when a promised bound is not met. Requests are
//! signed beforehand and verified by the emulator; the bare server is sent the same bytes.

#[path = "emulator/bare.rs"]
mod bare;
#[path = "emulator/load.rs"]
mod load;
#[path = "emulator/world.rs"]
mod world;

use std::process::ExitCode;
use std::time::Duration;

use load::{Load, Rate};
use world::World;

const CONNECTIONS: usize = 64;
const FEW: usize = 1_000;
const MANY: usize = 1_000_000;
/// Rounds are taken in turn, so that a busy machine slows all alike; the best of each counts.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> ExitCode {
    let mut bounds = Bounds::default();
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|text| text.parse().ok());
    let load =
        Load { connections: CONNECTIONS, time: Duration::from_secs_f64(seconds.unwrap_or(2.0)) };
    let few = World::with(FEW).await;
    println!("{CONNECTIONS} keep-alive connections over TLS 1.3, HTTP/1.1; requests a second\n");
    against_bare(&load, &few, &mut bounds).await;
    let before = world::resident();
    let many = World::with(MANY).await;
    let each = (world::resident().saturating_sub(before)) / MANY;
    println!("\nmemory: {each} bytes a room with two participants, {MANY} rooms");
    bounds.at_most("bytes a room", each as f64, 1024.0);
    few_and_many(&load, &few, &many, &mut bounds).await;
    bounds.end()
}

/// The emulator against a server that does nothing but answer.
async fn against_bare(load: &Load, few: &World, bounds: &mut Bounds) {
    let bare = bare::Bare::start(few).await;
    let request = few.get();
    let (mut ours, mut theirs) = (Rate::default(), Rate::default());
    for _ in 0..ROUNDS {
        theirs.take(load.run(bare.address, few, |_| request.clone()).await);
        ours.take(load.run(few.address, few, |_| request.clone()).await);
    }
    println!("bare hyper, constant JSON   {:>9.0}", theirs.best());
    println!("emulator, GET of a room     {:>9.0}", ours.best());
    bounds.at_least("emulator / bare hyper", ours.best() / theirs.best(), 0.5);
}

/// Each operation at a thousand rooms and at a million.
async fn few_and_many(load: &Load, few: &World, many: &World, bounds: &mut Bounds) {
    println!("\n{:<28}{FEW:>9}{MANY:>12}  cost", "rooms");
    type Request = fn(&World, usize) -> Vec<u8>;
    let operations: [(&str, Request, bool); 5] = [
        ("get", |world, index| world.get_one(index), true),
        ("list, first page", |world, _| world.list(), true),
        ("list, in the middle", |world, _| world.list_middle(), true),
        ("update (PATCH)", |world, index| world.patch(index), false),
        ("create", |world, _| world.create(), false),
    ];
    let mut pages = Vec::new();
    for (name, request, bounded) in operations {
        let (mut at_few, mut at_many) = (Rate::default(), Rate::default());
        for _ in 0..ROUNDS {
            at_few.take(load.run(few.address, few, |index| request(few, index)).await);
            at_many.take(load.run(many.address, many, |index| request(many, index)).await);
        }
        let cost = at_few.best() / at_many.best();
        println!("{name:<28}{:>9.0}{:>12.0}  {cost:.2}", at_few.best(), at_many.best());
        if bounded {
            bounds.at_most(name, cost, 1.5);
        }
        if name.starts_with("list") {
            pages.push(at_many.best());
        }
    }
    if let [first, middle] = pages.as_slice() {
        bounds.at_most("middle page / first page", first / middle, 1.5);
    }
}

/// What was promised, and whether it holds.
#[derive(Default)]
struct Bounds {
    lines: Vec<String>,
    broken: bool,
}

impl Bounds {
    fn at_least(&mut self, name: &str, value: f64, bound: f64) {
        self.note(name, value, ">=", bound, value >= bound);
    }

    fn at_most(&mut self, name: &str, value: f64, bound: f64) {
        self.note(name, value, "<=", bound, value <= bound);
    }

    fn note(&mut self, name: &str, value: f64, relation: &str, bound: f64, holds: bool) {
        let verdict = if holds { "met" } else { "NOT MET" };
        self.lines.push(format!("{name}: {value:.2} ({relation} {bound}: {verdict})"));
        self.broken |= !holds;
    }

    fn end(self) -> ExitCode {
        println!("\n{}", self.lines.join("\n"));
        ExitCode::from(u8::from(self.broken))
    }
}
