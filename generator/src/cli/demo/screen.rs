//! What the demonstration shows: steps, notes, calls and progress.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The widest line of what is shown of a call.
const WIDTH: usize = 110;

/// The terminal, or whatever standard output is.
pub(super) struct Screen {
    terminal: bool,
    steps: usize,
    current: Option<(String, Instant)>,
    failures: Vec<String>,
    /// Whether a progress line is open, and when and what was last shown of it.
    progress: Option<(Instant, f64)>,
}

impl Default for Screen {
    fn default() -> Self {
        let terminal = io::stdout().is_terminal();
        Self {
            terminal,
            steps: 0,
            current: None,
            failures: Vec::new(),
            progress: None,
        }
    }
}

impl Screen {
    /// Writes `text`. Where nobody reads any more, the steps still have to be done and the processes stopped.
    fn write(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let _ = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.terminal {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn title(&self, text: &str) {
        self.write(&format!("{}\n", self.styled("1", text)));
    }

    /// Paragraphs at the end.
    pub(super) fn text(&self, text: &str) {
        self.write(text);
    }

    /// Begins a step.
    pub(super) fn step(&mut self, text: &str) {
        self.steps += 1;
        self.current = Some((text.to_owned(), Instant::now()));
        self.write(&format!(
            "\n{}\n",
            self.styled("1;36", &format!("{}. {text}", self.steps))
        ));
    }

    /// Ends the step.
    pub(super) fn end(&mut self, result: Result<(), String>) {
        self.end_progress();
        let (step, began) = self
            .current
            .take()
            .unwrap_or_else(|| (String::new(), Instant::now()));
        match result {
            Ok(()) => {
                let took = seconds(began.elapsed());
                self.write(&format!("   {} {took}\n", self.styled("32", "done")));
            }
            Err(reason) => {
                self.write(&format!("   {} {reason}\n", self.styled("31", "FAILED:")));
                self.failures
                    .push(format!("{}. {step}: {reason}", self.steps));
            }
        }
    }

    /// A line in a step.
    pub(super) fn note(&mut self, text: &str) {
        self.end_progress();
        self.write(&format!("   {text}\n"));
    }

    /// A call that an agent makes.
    pub(super) fn call(&mut self, tool: &str, arguments: &Value) {
        self.note(&self.styled("33", &wrapped(&format!("> {tool} {arguments}"))));
    }

    /// The beginning of what an agent gets.
    pub(super) fn answer(&mut self, text: &str) {
        self.note(&shortened(&format!("< {text}"), WIDTH));
    }

    /// All of what an agent gets.
    pub(super) fn whole_answer(&mut self, text: &str) {
        self.note(&wrapped(&format!("< {text}")));
    }

    /// How far something is: one line that changes, or a line for every fifth where nothing can change.
    pub(super) fn progress(&mut self, percent: f64, text: &str) {
        const CELLS: usize = 24;
        let (began, last) = self.progress.unwrap_or((Instant::now(), f64::NEG_INFINITY));
        let line = shortened(&format!("{percent:5.1} %  {text}"), WIDTH);
        if self.terminal {
            let full = (percent.clamp(0.0, 100.0) / 100.0 * CELLS as f64).round() as usize;
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(CELLS - full));
            self.write(&format!("\r\x1b[2K   {bar} {line}"));
            self.progress = Some((began, percent));
        } else if percent - last >= 20.0 {
            self.write(&format!("   {line}\n"));
            self.progress = Some((began, percent));
        }
    }

    fn end_progress(&mut self) {
        if self.progress.take().is_some() && self.terminal {
            self.write("\n");
        }
    }

    /// The last lines of a program's log.
    pub(super) fn log(&mut self, program: &str, lines: &[String]) {
        self.note(&format!("--- last lines of {program}"));
        if lines.is_empty() {
            self.note("(none)");
        }
        for line in lines {
            self.note(&shortened(line, 2 * WIDTH));
        }
    }

    /// How many steps have failed.
    pub(super) fn failed(&self) -> usize {
        self.failures.len()
    }

    /// The last words.
    pub(super) fn summary(&mut self) {
        if self.failures.is_empty() {
            self.write(&format!(
                "\n{}\n",
                self.styled(
                    "1;32",
                    &format!("All {} steps did what they should.", self.steps)
                )
            ));
            return;
        }
        self.write(&format!(
            "\n{}\n",
            self.styled(
                "1;31",
                &format!("{} of {} steps failed:", self.failed(), self.steps)
            )
        ));
        for failure in &self.failures {
            self.write(&format!("   {failure}\n"));
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("in {:.1} s", time.as_secs_f64())
}

/// `text` on lines of at most [`WIDTH`] characters, those after the first indented.
fn wrapped(text: &str) -> String {
    let mut rest: Vec<char> = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut lines: Vec<String> = Vec::new();
    while rest.len() > WIDTH {
        // Behind the last blank or comma, unless that leaves the line half empty.
        let last = rest[..WIDTH]
            .iter()
            .rposition(|c| matches!(c, ' ' | ','))
            .filter(|at| *at > WIDTH / 2);
        let line: String = rest.drain(..last.map_or(WIDTH, |at| at + 1)).collect();
        lines.push(line.trim_end().to_owned());
    }
    lines.push(rest.into_iter().collect());
    lines.join("\n     ")
}

/// `text` on one line, cut at `width` characters.
fn shortened(text: &str, width: usize) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(width + 1)
        .collect();
    if line.chars().count() > width {
        line.pop();
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_by_characters() {
        assert_eq!(shortened("größer\nals", 20), "größer als");
        assert_eq!(shortened("größer", 3), "grö…");
        assert_eq!(shortened("grö", 3), "grö");
    }

    #[test]
    fn long_text_is_wrapped_by_characters() {
        assert_eq!(wrapped("a\nb"), "a b");
        assert_eq!(
            wrapped(&"ü".repeat(WIDTH + 2)),
            format!("{}\n     üü", "ü".repeat(WIDTH))
        );
    }
}
