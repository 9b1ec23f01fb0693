//! Tests of the emulator from outside.

mod emulator {
    mod admin;
    mod arrivals;
    mod client;
    mod command;
    mod contract;
    mod corpus;
    mod faults;
    mod front_end;
    mod model;
    mod options;
    mod proof;
    mod robust;
    mod sequences;
    mod state;
}
