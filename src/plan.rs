//! The matrix of cases: scenario × api-version, filters and shards.
