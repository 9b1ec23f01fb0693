//! Tests of the emulator from outside.

mod emulator {
    mod admin;
    mod client;
    mod command;
    mod faults;
    mod front_end;
    mod model;
    mod sequences;
    mod state;
}
