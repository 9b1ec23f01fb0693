//! Carrying a case out, from its first step to the end of its cleanup.
