//! The service: a pure core, and a front end that speaks HTTP.
