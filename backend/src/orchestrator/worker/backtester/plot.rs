//! The equity over time, drawn as SVG.

use std::fmt::Write;

use super::{Story, title};
use crate::ktrdr::backtests::curve::{self, Moment};
use crate::time;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 420.0;
/// Room for the labels.
const MARGIN: f64 = 72.0;
/// Points that are drawn at most.
const POINTS: usize = 800;

/// The curve of a backtest.
pub(super) fn draw(story: &Story) -> String {
    let initial = story.request.terms.initial_capital;
    let curve = curve::curve(initial, &story.course.points, POINTS, 1, 1.0);
    let equity = || curve.iter().map(|moment| moment.point.equity);
    let bottom = equity().fold(initial, f64::min);
    let top = equity().fold(initial, f64::max);
    let scale = Scale {
        bottom,
        // A flat curve is drawn too.
        height: (top - bottom).max(initial * 1e-9),
        count: curve.len(),
    };
    let label =
        |moment: Option<&Moment>| moment.map_or_else(String::new, |it| time::format(it.point.time));
    let mut line = String::new();
    for (n, moment) in curve.iter().enumerate() {
        // Writing to a text cannot fail.
        let _ = write!(
            line,
            "{:.1},{:.1} ",
            scale.x(n),
            scale.y(moment.point.equity)
        );
    }
    let (left, right, low) = (MARGIN, WIDTH - MARGIN, HEIGHT - MARGIN);
    let (start, end) = (label(curve.first()), label(curve.last()));
    let (begin, above, below) = (scale.y(initial), scale.y(top), scale.y(bottom));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="{left}" y="32" font-size="15">Equity in {title}</text>
<line x1="{left}" y1="{begin:.1}" x2="{right}" y2="{begin:.1}" stroke="#bbb" stroke-dasharray="4 4"/>
<line x1="{left}" y1="{low}" x2="{right}" y2="{low}" stroke="#888"/>
<polyline fill="none" stroke="#1663a9" stroke-width="1.5" points="{line}"/>
<text x="{label_x}" y="{above:.1}" text-anchor="end">{top:.0}</text>
<text x="{label_x}" y="{below:.1}" text-anchor="end">{bottom:.0}</text>
<text x="{left}" y="{label_y}">{start}</text>
<text x="{right}" y="{label_y}" text-anchor="end">{end}</text>
</svg>
"##,
        title = escaped(&title(&story.request)),
        line = line.trim_end(),
        label_x = left - 6.0,
        label_y = low + 20.0,
    )
}

struct Scale {
    bottom: f64,
    height: f64,
    count: usize,
}

impl Scale {
    fn x(&self, n: usize) -> f64 {
        let last = self.count.saturating_sub(1).max(1);
        MARGIN + (WIDTH - 2.0 * MARGIN) * n as f64 / last as f64
    }

    fn y(&self, equity: f64) -> f64 {
        HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (equity - self.bottom) / self.height
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
