//! What a run would cost and send, said before anything is sent.

use super::args::Args;
use crate::cli::output::say;
use crate::driver::wire::user_agent;
use crate::exit::Exit;
use crate::plan::Plan;
use crate::scenario::{Action, Step};
use crate::target::courtesy::Estimate;

/// Says what the cases would do, step by step under `--dry-run`, and what that takes.
pub fn carry_out(args: &Args, plan: &Plan) -> Exit {
    if args.running.dry_run {
        say(format!("nothing is sent; requests would come as {}", user_agent()));
        for case in &plan.cases {
            say(case.name());
            steps(&case.scenario.steps, 1);
        }
    }
    let estimate = Estimate::of(&plan.cases);
    say(estimate);
    if let Some(time) = estimate.time_at(args.manners.settings().rate) {
        say(format_args!("at least {:.0} s at this rate", time.as_secs_f64()));
    }
    Exit::Success
}

fn steps(all: &[Step], depth: usize) {
    for step in all {
        let indent = "  ".repeat(depth);
        let times = if step.for_each.is_some() { " (for each)" } else { "" };
        match &step.action {
            Action::Call(call) => say(format!("{indent}{}{times}", call.operation)),
            Action::Request(request) => {
                let path =
                    request.path.as_literal().and_then(serde_json::Value::as_str).unwrap_or("…");
                say(format!("{indent}{} {path}{times}", request.method));
            }
            Action::Wait(wait) => {
                say(format!("{indent}wait{times}"));
                steps(std::slice::from_ref(&*wait.step), depth + 1);
            }
            Action::Group(inner) => {
                say(format!("{indent}group{times}"));
                steps(inner, depth + 1);
            }
            Action::Use(used) => {
                say(format!("{indent}{}{times}", used.file.value));
                steps(&used.part.steps, depth + 1);
            }
            Action::Advance(_) => {}
        }
    }
}
