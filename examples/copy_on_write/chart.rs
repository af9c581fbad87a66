//! The chart: measured sums as bars, beside what as many separate processes would need.

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
const BOTTOM: f64 = 50.0;
const TOP: f64 = 56.0;
const SHARED: &str = "#2a6f97";
const SEPARATE: &str = "#d0d7de";

/// An SVG of (nodes, MiB); the first entry is the swarm of one node.
pub(crate) fn draw(sums: &[(usize, f64)], preload: usize) -> String {
    let one = sums.first().map_or(0.0, |(_, mib)| *mib);
    let most = sums.iter().map(|(nodes, mib)| (*nodes as f64 * one).max(*mib)).fold(1.0, f64::max);
    let scale = (HEIGHT - TOP - BOTTOM) / most;
    let step = (WIDTH - LEFT - 20.0) / sums.len().max(1) as f64;
    let floor = HEIGHT - BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">Memory of a swarm, {preload} MiB loaded before the fork</text>\n\
         <rect x=\"{LEFT}\" y=\"32\" width=\"10\" height=\"10\" fill=\"{SHARED}\"/><text x=\"{}\" y=\"41\">measured: sum of PSS</text>\n\
         <rect x=\"{}\" y=\"32\" width=\"10\" height=\"10\" fill=\"{SEPARATE}\"/><text x=\"{}\" y=\"41\">as separate processes</text>\n",
        LEFT + 16.0,
        LEFT + 170.0,
        LEFT + 186.0
    );
    // Writing to a text cannot fail.
    let mut bar = |x: f64, mib: f64, color: &str| {
        let (y, height, middle) = (floor - mib * scale, mib * scale, x + step * 0.17);
        let width = step * 0.34;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{color}\"/>\
             <text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{mib:.0}</text>",
            y - 4.0
        );
    };
    for (index, (nodes, mib)) in sums.iter().enumerate() {
        let x = LEFT + step * (index as f64 + 0.13);
        bar(x, *mib, SHARED);
        bar(x + step * 0.38, *nodes as f64 * one, SEPARATE);
    }
    for (index, (nodes, _)) in sums.iter().enumerate() {
        let x = LEFT + step * (index as f64 + 0.5);
        let word = if *nodes == 1 { "node" } else { "nodes" };
        let _ =
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{nodes} {word}</text>", floor + 18.0);
    }
    let _ = writeln!(
        svg,
        "<line x1=\"{LEFT}\" y1=\"{floor}\" x2=\"{}\" y2=\"{floor}\" stroke=\"black\"/>\
         <text x=\"16\" y=\"{:.1}\" transform=\"rotate(-90 16 {:.1})\" text-anchor=\"middle\">MiB</text>\n</svg>",
        WIDTH - 20.0,
        HEIGHT / 2.0,
        HEIGHT / 2.0
    );
    svg
}
