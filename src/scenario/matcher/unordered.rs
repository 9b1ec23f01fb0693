//! Pairing items with matchers in any order.

/// Gives as many rows as possible a column of their own; `fits(row, column)` says which may.
/// Returns for each row its column.
pub(super) fn pair(
    rows: usize,
    columns: usize,
    fits: impl Fn(usize, usize) -> bool,
) -> Vec<Option<usize>> {
    let table: Vec<Vec<bool>> =
        (0..rows).map(|row| (0..columns).map(|column| fits(row, column)).collect()).collect();
    let mut owner: Vec<Option<usize>> = vec![None; columns];
    for row in 0..rows {
        place(row, &table, &mut owner, &mut vec![false; columns]);
    }
    let mut paired = vec![None; rows];
    for (column, row) in owner.into_iter().enumerate() {
        if let Some(place) = row.and_then(|row| paired.get_mut(row)) {
            *place = Some(column);
        }
    }
    paired
}

/// Finds a column for the row, moving others where they have another that fits.
fn place(row: usize, table: &[Vec<bool>], owner: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    let Some(fits) = table.get(row) else { return false };
    for (column, _) in fits.iter().enumerate().filter(|(_, fits)| **fits) {
        if std::mem::replace(&mut tried[column], true) {
            continue;
        }
        let free = match owner[column] {
            None => true,
            Some(other) => place(other, table, owner, tried),
        };
        if free {
            owner[column] = Some(row);
            return true;
        }
    }
    false
}
