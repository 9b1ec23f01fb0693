//! The JSON Schema of the scenario language, for editors.
//!
//! Made from types that describe a file's form and do nothing else: reading is `read`'s, which can
//! say more than a schema (variables, regexes, JSONPaths). A test holds the two against each other.

mod expectation;
mod generate;
mod matcher;
mod scenario;
mod step;

pub use expectation::{ErrorForm, ExchangeForm, ExpectForm, ExpectationForm, RequestSeenForm};
pub use generate::schema;
pub use scenario::{
    ContractForm, DeviationForm, EmulatorForm, EvidenceForm, FileForm, PartForm, RateLimitForm,
    ScenarioForm,
};
pub use step::{
    AdvanceForm, AuthForm, CallForm, FaultForm, GroupForm, PrintForm, PrintLoop, RequestForm,
    StepForm, UseForm, WaitForm,
};
