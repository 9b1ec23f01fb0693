//! Pages: one file each, without a network, the same bytes for the same report.
//!
//! Owns the look (`style.css`), the little that scripts do (`run.js`, `matrix.js`: filtering and
//! keys; everything can be read without them but the pages behind a matrix cell, which are packed),
//! and the two pages: of a run, and the matrix of implementations.

mod case;
mod evidence;
mod exchange;
mod matrix;
mod matrix_cell;
mod matrix_page;
mod matrix_scores;
mod packed;
mod page;
mod run;
mod step;
mod waterfall;

pub use matrix::{Absent, Matrix, MatrixError};
pub use matrix_page::write_matrix;
pub use run::write_run;
