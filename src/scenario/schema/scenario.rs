//! The form of a file's top level.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use super::{ExpectForm, FaultForm, PrintForm, StepForm};

/// A scenario, or a part for `use`.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum FileForm {
    Scenario(Box<ScenarioForm>),
    Part(PartForm),
}

/// A scenario.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ScenarioForm {
    /// What the scenario is called in reports.
    pub name: String,
    /// What it shows, in a sentence.
    pub about: Option<String>,
    /// From where it is known that the service does this.
    pub evidence: EvidencesForm,
    /// Whose api-versions it runs at: `rooms` (the default) or `identity`.
    pub service: Option<ServiceForm>,
    /// A list, or a range such as `>=2023-10-30-preview`; all of the service without.
    #[schemars(rename = "api-versions")]
    pub api_versions: Option<VersionsForm>,
    /// Words to select by.
    pub tags: Option<Vec<String>>,
    /// Where it may run: `emulator` alone unless it says more.
    pub targets: Option<Vec<TargetForm>>,
    /// Features that the driver must declare.
    pub requires: Option<Vec<String>>,
    /// Wire rules that it exercises.
    pub rules: Option<Vec<String>>,
    /// `fast` (the default), `timing` (alone, lower bounds only) or `slow`.
    pub lane: Option<LaneForm>,
    /// Limit for the whole case, cleanup not counted; 60s by default.
    pub timeout: Option<String>,
    /// Environment variables that `${env.NAME}` may read.
    pub env: Option<Vec<String>>,
    /// Constants: `${name}`.
    pub vars: Option<BTreeMap<String, Value>>,
    /// How the case's own emulator is set up.
    pub emulator: Option<EmulatorForm>,
    /// Faults, scheduled before the first step.
    pub faults: Option<Vec<FaultForm>>,
    /// Scripted answers: the same as `faults`.
    pub server: Option<Vec<FaultForm>>,
    /// Stated differences between targets.
    pub deviations: Option<Vec<DeviationForm>>,
    /// Printed before the first step.
    pub print: Option<PrintForm>,
    pub steps: Vec<StepForm>,
    /// What the emulator must hold in the end: `{ state: … }`.
    pub expect: Option<ExpectForm>,
}

/// One map from mark to source, or a list of such.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum EvidencesForm {
    One(EvidenceForm),
    Several(#[schemars(length(min = 1))] Vec<EvidenceForm>),
}

/// How sure we are, and from where.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
pub struct EvidenceForm {
    /// Seen in recorded live traffic.
    pub recorded: Option<String>,
    /// Official docs or API description.
    pub documented: Option<String>,
    /// A real SDK was observed.
    pub measured: Option<String>,
    /// Nobody knows; our choice, with the reason.
    pub assumed: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum ServiceForm {
    Rooms,
    Identity,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum VersionsForm {
    Range(String),
    List(Vec<String>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum TargetForm {
    Emulator,
    Live,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub enum LaneForm {
    Fast,
    Timing,
    Slow,
}

/// How the case's own emulator is set up.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct EmulatorForm {
    /// Entries of a page: rooms in scanned records, participants in entries; 30 by default.
    #[schemars(range(min = 1))]
    pub page_size: Option<u64>,
    /// Seed of ids, keys and tokens.
    pub seed: Option<u64>,
    /// Where the virtual clock starts, RFC 3339.
    pub clock: Option<String>,
    pub strict: Option<bool>,
    /// Continuation tokens with `+`, `/` and percent escapes.
    pub service_like_tokens: Option<bool>,
    /// How many resources there are; 1 by default.
    #[schemars(range(min = 1, max = 16))]
    pub resources: Option<u64>,
    /// Unknown api-versions and the known ones as which they are answered.
    pub serve_as: Option<BTreeMap<String, String>>,
    pub rate_limits: Option<Vec<RateLimitForm>>,
}

/// So many requests a window; the rest is answered 429.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RateLimitForm {
    /// An operation, or `*` for all together (the default).
    pub on: Option<String>,
    pub requests: u32,
    pub window: String,
}

/// What differs on a target, and why.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct DeviationForm {
    /// JSONPath into the snapshot.
    pub path: String,
    pub reason: String,
    pub targets: Vec<TargetForm>,
}

/// A part for `use`.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PartForm {
    #[schemars(required)]
    pub group: Option<ContractForm>,
    pub about: Option<String>,
    pub steps: Vec<StepForm>,
}

/// What a part takes and gives.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ContractForm {
    pub name: Option<String>,
    pub about: Option<String>,
    /// Names with their defaults; null must be given.
    pub parameters: Option<BTreeMap<String, Value>>,
    /// Names with what they come to.
    pub outputs: Option<BTreeMap<String, Value>>,
}
