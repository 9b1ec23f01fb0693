//! Coverage as a table for people and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;

use super::{Coverage, Kind, Point};

/// `(api-version, operation)`.
type Row<'a> = (&'a str, &'static str);

impl Coverage {
    /// Writes a line per api-version and operation, what is missing below it.
    ///
    /// # Errors
    ///
    /// When `out` takes no more.
    pub fn write_table(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{:<19} {:<27}", "api-version", "operation")?;
        for kind in Kind::ALL {
            write!(out, " {:>10}", kind.name())?;
        }
        writeln!(out)?;
        for ((version, operation), points) in self.rows() {
            write!(out, "{version:<19} {operation:<27}")?;
            for kind in Kind::ALL {
                let of: Vec<_> = points.iter().filter(|(point, _)| point.kind == kind).collect();
                let seen = of.iter().filter(|(_, seen)| *seen > 0).count();
                let cell =
                    if of.is_empty() { "-".to_owned() } else { format!("{seen}/{}", of.len()) };
                write!(out, " {cell:>10}")?;
            }
            writeln!(out)?;
            let missing = missing(&points);
            if !missing.is_empty() {
                writeln!(out, "{:<19}   missing: {missing}", "")?;
            }
        }
        if !self.beyond.is_empty() {
            writeln!(out, "\nseen beyond what is known:")?;
            for (point, seen) in &self.beyond {
                writeln!(
                    out,
                    "  {} {} {} {} ({seen}x)",
                    point.api_version,
                    point.operation,
                    point.kind.name(),
                    point.name
                )?;
            }
        }
        writeln!(out, "\n{}", self.sentence())
    }

    /// `412 of 480 points (85.83 %)`.
    pub fn sentence(&self) -> String {
        let share = self.share();
        format!(
            "{} of {} points covered ({}.{:02} %)",
            self.covered(),
            self.points.len(),
            share / 100,
            share % 100
        )
    }

    fn rows(&self) -> BTreeMap<Row<'_>, Vec<(&Point, u64)>> {
        let mut rows: BTreeMap<Row<'_>, Vec<(&Point, u64)>> = BTreeMap::new();
        for (point, seen) in &self.points {
            let row = (point.api_version.as_str(), point.operation);
            rows.entry(row).or_default().push((point, *seen));
        }
        rows
    }

    /// Writes `{ covered, total, percent, points: [ … ], beyond: [ … ] }`.
    ///
    /// # Errors
    ///
    /// When `out` takes no more.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let list = |points: &BTreeMap<Point, u64>| -> Vec<serde_json::Value> {
            points
                .iter()
                .map(|(point, seen)| {
                    json!({
                        "apiVersion": point.api_version, "operation": point.operation,
                        "kind": point.kind, "name": point.name, "seen": seen,
                    })
                })
                .collect()
        };
        let share = self.share();
        let value = json!({
            "covered": self.covered(),
            "total": self.points.len(),
            "percent": format!("{}.{:02}", share / 100, share % 100),
            "points": list(&self.points),
            "beyond": list(&self.beyond),
        });
        serde_json::to_writer_pretty(&mut *out, &value)?;
        out.write_all(b"\n")
    }
}

fn missing(points: &[(&Point, u64)]) -> String {
    let missing: Vec<String> = points
        .iter()
        .filter(|(_, seen)| *seen == 0)
        .map(|(point, _)| match point.kind {
            Kind::Status => format!("status {}", point.name),
            Kind::ErrorCode => format!("code {}", point.name),
            Kind::Parameter | Kind::Value => point.name.clone(),
        })
        .collect();
    missing.join(", ")
}
