//! What is said when the harness panics: where and why, and no secret. The undoing and the reports
//! go on; the exit code is 3.

use std::panic::PanicHookInfo;
use std::sync::OnceLock;

use crate::cli::output::warn;
use crate::report::describe::Redaction;
use crate::report::{Event, Sink};

/// The secrets of this process, once they are known.
static KNOWN: OnceLock<Redaction> = OnceLock::new();

/// From now on panics are told here.
pub fn watch() {
    std::panic::set_hook(Box::new(|info| warn(text(info))));
}

/// These secrets are masked from now on.
pub fn mask(redaction: &Redaction) {
    // The first resource of a process; the shapes of secrets are masked for every other.
    let _ = KNOWN.set(redaction.clone());
}

fn text(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    let message = payload.downcast_ref::<&str>().copied().or(owned).unwrap_or_default();
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = std::backtrace::Backtrace::capture();
    let trace = match backtrace.status() {
        std::backtrace::BacktraceStatus::Captured => format!("\n{backtrace}"),
        _ => "; RUST_BACKTRACE=1 shows how it came there".to_owned(),
    };
    let text = format!("error: the harness panicked at {place}: {message}{trace}");
    KNOWN.get().cloned().unwrap_or_default().text(&text)
}

/// Panics when the step with this path has ended: the proof that a fault of the harness leaves
/// nothing behind and shows nothing.
pub struct Deliberate {
    pub step: String,
}

impl Sink for Deliberate {
    #[expect(clippy::panic, reason = "it is what it is for")]
    fn event(&mut self, event: &Event<'_>) -> std::io::Result<()> {
        match event {
            Event::StepFinished { step, .. } if step.path == self.step => {
                panic!("a deliberate panic after {:?} {:?}", step.outcome, step.exchanges)
            }
            _ => Ok(()),
        }
    }
}
