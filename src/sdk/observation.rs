//! What an unmodified program did: its operations in their order, held against a scenario's.

use crate::acs::Operation;
use crate::scenario::template::Content;
use crate::scenario::{Action, Scenario, Step};
use crate::transcript::Exchange;

/// An operation, and whether the service let the caller in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub operation: Operation,
    /// Its credentials were refused: it was asked for, and not done.
    pub denied: bool,
}

/// The operations of some traffic in order. Attempts of one call count once, as do pages; the last
/// attempt tells whether it was let in.
pub fn operations(exchanges: &[Exchange]) -> Vec<Seen> {
    let mut operations: Vec<Seen> = Vec::new();
    let mut last: Option<&Exchange> = None;
    for exchange in exchanges {
        let Some(operation) = exchange.attempt.operation else { continue };
        let denied = exchange.received.as_ref().is_some_and(|answer| answer.status == 401);
        let again = last.is_some_and(|last| repeats(last, exchange));
        match operations.last_mut() {
            Some(seen) if again => seen.denied = denied,
            _ if is_continuation(exchange) => {}
            _ => operations.push(Seen { operation, denied }),
        }
        last = Some(exchange);
    }
    operations
}

/// The same request once more: a retry keeps its client request id.
fn repeats(last: &Exchange, exchange: &Exchange) -> bool {
    const ID: &str = "x-ms-client-request-id";
    let id = exchange.sent.headers.get(ID);
    id.is_some() && id == last.sent.headers.get(ID) && last.sent.method == exchange.sent.method
}

fn is_continuation(exchange: &Exchange) -> bool {
    exchange.sent.query().split('&').any(|part| part.starts_with("nextLink="))
}

/// The operations that a scenario calls, loops over literal lists unrolled.
pub fn demanded(scenario: &Scenario) -> Vec<Operation> {
    scenario.steps.iter().flat_map(of_step).collect()
}

fn of_step(step: &Step) -> Vec<Operation> {
    let once: Vec<Operation> = match &step.action {
        Action::Call(call) => vec![call.operation],
        Action::Request(_) | Action::Advance(_) => Vec::new(),
        Action::Wait(wait) => of_step(&wait.step),
        Action::Group(steps) => steps.iter().flat_map(of_step).collect(),
        Action::Use(used) => used.part.steps.iter().flat_map(of_step).collect(),
    };
    let times = step.for_each.as_ref().map_or(1, |each| match &each.items.content {
        Content::Literal(serde_json::Value::Array(items)) => items.len(),
        Content::List(items) => items.len(),
        _ => 1,
    });
    once.repeat(times)
}

/// Where the program left the scenario: the first operation that did not come in its turn, with
/// the number of those that did. Operations beyond the scenario's are allowed, and those whose
/// credentials were refused do not count.
pub fn departure(demanded: &[Operation], seen: &[Seen]) -> Option<(usize, Operation)> {
    let mut rest = seen.iter();
    demanded
        .iter()
        .enumerate()
        .find(|(_, wanted)| !rest.any(|one| one.operation == **wanted && !one.denied))
        .map(|(index, wanted)| (index, *wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_departure_is_the_first_operation_out_of_its_turn() {
        use Operation::{CreateRoom, DeleteRoom, GetRoom};
        let seen = |all: &[Operation]| -> Vec<Seen> {
            all.iter().map(|one| Seen { operation: *one, denied: false }).collect()
        };
        let in_turn = seen(&[CreateRoom, GetRoom, DeleteRoom]);
        assert_eq!(departure(&[CreateRoom, DeleteRoom], &in_turn), None);
        let swapped = seen(&[GetRoom, CreateRoom, DeleteRoom]);
        let swapped = departure(&[CreateRoom, GetRoom, DeleteRoom], &swapped);
        assert_eq!(swapped, Some((1, GetRoom)));
        let denied = [Seen { operation: CreateRoom, denied: true }];
        assert_eq!(departure(&[CreateRoom], &denied), Some((0, CreateRoom)));
        assert_eq!(departure(&[CreateRoom], &[]), Some((0, CreateRoom)));
    }
}
