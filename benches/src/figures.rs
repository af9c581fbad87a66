//! Figures of several runs, as a table and as JSON.

use serde::Serialize;

/// Median, smallest and largest of several runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of at least one figure.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (Some(&min), Some(&max)) = (sorted.first(), sorted.last()) else {
            panic!("figures of no run");
        };
        Self { median: sorted[sorted.len() / 2], min, max }
    }
}

/// Writes a result file, if a path was given with `--json`.
pub fn write_json(path: Option<&str>, result: &impl Serialize) -> anyhow::Result<()> {
    if let Some(path) = path {
        let mut text = serde_json::to_string_pretty(result)?;
        text.push('\n');
        std::fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_run() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0, 9.0, 0.5]), Spread { median: 2.0, min: 0.5, max: 9.0 });
    }
}
