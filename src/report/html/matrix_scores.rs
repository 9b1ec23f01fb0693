//! How each implementation of a matrix does, and next to it what nobody looked at.

use maud::{Markup, html};

use super::matrix::{Cell, Matrix};
use super::matrix_page::about;
use crate::report::record::Status;

/// A card for each implementation.
pub(super) fn scores(matrix: &Matrix) -> Markup {
    html! {
        section.scores aria-label="Implementations" {
            @for (index, column) in matrix.columns.iter().enumerate() {
                @let score = Score::of(matrix, index);
                article.score {
                    h3 { (column.implementation.name) " " b { (column.implementation.version) } }
                    p.sub { (about(column)) }
                    @if let Some(reason) = &column.absent {
                        p.banner { "Did not start: " (reason) }
                    } @else {
                    div.proportions role="img" aria-label=(score.sentence()) {
                        @for (status, count) in score.parts() {
                            i.(status.class()) style=(format!("flex-grow:{count}")) {}
                        }
                    }
                    p { (score.sentence()) }
                    @if !score.unexercised.is_empty() {
                        details { summary { (score.unexercised.len()) " rules not exercised" }
                            p.unexercised { @for id in &score.unexercised { code { (id) } " " } }
                        }
                    }
                    }
                }
            }
        }
    }
}

struct Score {
    kept: u64,
    warned: u64,
    broken: u64,
    unexercised: Vec<String>,
}

impl Score {
    fn of(matrix: &Matrix, column: usize) -> Self {
        let mut score = Self { kept: 0, warned: 0, broken: 0, unexercised: Vec::new() };
        for ((_, id), row) in &matrix.rules {
            match row.cells.get(&column).map_or(Status::NotExercised, Cell::status) {
                Status::Pass | Status::Info => score.kept += 1,
                Status::Warn => score.warned += 1,
                status if status.is_grey() => score.unexercised.push(id.clone()),
                _ => score.broken += 1,
            }
        }
        score
    }

    fn parts(&self) -> [(Status, u64); 4] {
        [
            (Status::Pass, self.kept),
            (Status::Warn, self.warned),
            (Status::Fail, self.broken),
            (Status::NotExercised, self.unexercised.len() as u64),
        ]
    }

    fn sentence(&self) -> String {
        let scored = self.kept + self.warned + self.broken;
        let share = (self.kept * 100).checked_div(scored).unwrap_or(0);
        format!(
            "{} of {scored} exercised rules kept ({share} %), {} broken, {} warned",
            self.kept, self.broken, self.warned
        )
    }
}
