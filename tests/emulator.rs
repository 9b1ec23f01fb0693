//! Tests of the emulator from outside.

mod emulator {
    mod model;
    mod sequences;
}
