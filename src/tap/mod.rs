//! Recording what passes.
