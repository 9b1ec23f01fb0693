//! How freed memory goes back to the system.

/// Freed memory beyond this many bytes at the end of the heap is given back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: libc::c_int = 128 * 1024;

/// Has freed memory given back. Left to itself, glibc learns from each large block that goes to keep
/// more, so that a long run peaks higher than a short one though it holds no more.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the call takes two numbers and may be made at any time; where it refuses, all stays
    // as it was.
    unsafe {
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}
