//! What an unmodified program did: its operations in their order, held against a scenario's.

use crate::acs::Operation;
use crate::scenario::template::Content;
use crate::scenario::{Action, Scenario, Step};
use crate::transcript::Exchange;

/// The operations of some traffic in order. Attempts of one call count once, as do pages.
pub fn operations(exchanges: &[Exchange]) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut last: Option<&Exchange> = None;
    for exchange in exchanges {
        let Some(operation) = exchange.attempt.operation else { continue };
        let again = last.is_some_and(|last| repeats(last, exchange));
        if !again && !is_continuation(exchange) {
            operations.push(operation);
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
/// the number of those that did. Operations beyond the scenario's are allowed.
pub fn departure(demanded: &[Operation], seen: &[Operation]) -> Option<(usize, Operation)> {
    let mut rest = seen.iter();
    demanded
        .iter()
        .enumerate()
        .find(|(_, wanted)| !rest.any(|one| one == *wanted))
        .map(|(index, wanted)| (index, *wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_departure_is_the_first_operation_out_of_its_turn() {
        use Operation::{CreateRoom, DeleteRoom, GetRoom};
        assert_eq!(departure(&[CreateRoom, DeleteRoom], &[CreateRoom, GetRoom, DeleteRoom]), None);
        let swapped =
            departure(&[CreateRoom, GetRoom, DeleteRoom], &[GetRoom, CreateRoom, DeleteRoom]);
        assert_eq!(swapped, Some((1, GetRoom)));
        assert_eq!(departure(&[CreateRoom], &[]), Some((0, CreateRoom)));
    }
}
