//! How watched jobs are shown: a table that is drawn anew in place, lines, or JSON.

use std::collections::HashMap;
use std::io::{self, IsTerminal};

use chrono::{DateTime, Utc};
use orchestrator_mcp::models::{JobStatus, JobSummary};

use super::super::text::{plain, say};
use super::has_ended;

/// Cells of a progress bar.
const CELLS: usize = 20;
/// The narrowest terminal that has room for whole ids.
const WIDE: usize = 110;
/// How far a job gets between two lines that tell of it, in percent.
const STEP: f64 = 10.0;

/// Where jobs are shown.
pub(super) struct Screen {
    kind: Kind,
    /// What was told last of each job.
    told: Told,
    /// Whether there was a note the last time.
    noted: bool,
}

enum Kind {
    /// A terminal, with so many lines to draw over.
    Live { drawn: usize, colour: bool },
    /// A line for each change.
    Lines,
    /// The same as JSON.
    Json,
}

type Told = HashMap<String, (JobStatus, f64)>;

impl Screen {
    /// What standard output is.
    pub(super) fn new(json: bool) -> Self {
        let kind = if json {
            Kind::Json
        } else if io::stdout().is_terminal() {
            let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            Kind::Live { drawn: 0, colour }
        } else {
            Kind::Lines
        };
        Self {
            kind,
            told: Told::new(),
            noted: false,
        }
    }

    /// Shows the jobs as they are now, with a note beside them.
    pub(super) fn show(&mut self, jobs: &[JobSummary], note: Option<&str>) {
        let to_text = match &mut self.kind {
            Kind::Live { drawn, colour } => {
                let (width, height) = terminal_size::terminal_size()
                    .map_or((80, 24), |(width, height)| {
                        (width.0.into(), height.0.into())
                    });
                let lines = frame(jobs, note, Utc::now(), (width, height), *colour);
                let back = match *drawn {
                    0 => String::new(),
                    lines => format!("\x1b[{lines}F\x1b[J"),
                };
                *drawn = lines.len();
                say(&format!("{back}{}\n", lines.join("\n")));
                return;
            }
            Kind::Lines => line,
            Kind::Json => as_json,
        };
        for job in changed(jobs, &mut self.told) {
            say(&format!("{}\n", to_text(job)));
        }
        if let (Some(note), false) = (note, self.noted) {
            eprintln!("{}", plain(note));
        }
        self.noted = note.is_some();
    }
}

fn as_json(job: &JobSummary) -> String {
    serde_json::to_string(job).unwrap_or_default()
}

/// The jobs of which there is something to tell.
fn changed<'a>(jobs: &'a [JobSummary], told: &mut Told) -> Vec<&'a JobSummary> {
    let mut changed = Vec::new();
    for job in jobs {
        let percent = job.progress.percent;
        let is_news = told.get(&job.job_id).is_none_or(|(status, last)| {
            *status != job.status || (!has_ended(job.status) && percent - last >= STEP)
        });
        if is_news {
            told.insert(job.job_id.clone(), (job.status, percent));
            changed.push(job);
        }
    }
    changed
}

/// A job as one line.
fn line(job: &JobSummary) -> String {
    let mut line = format!("{} {} {}", job.job_id, job.r#type, job.status.as_str());
    if job.status == JobStatus::Running {
        line.push_str(&format!(" {:.0} %", job.progress.percent));
    }
    let said = said(job);
    if !said.is_empty() {
        line.push_str(": ");
        line.push_str(&said);
    }
    plain(&line)
}

/// What there is to say of a job in words: why it failed or was cancelled, or what it does.
fn said(job: &JobSummary) -> String {
    let text = match (&job.error, job.status) {
        (Some(error), _) => Some(&error.message),
        // The last thing it did, which is over.
        (None, JobStatus::Completed) => None,
        (None, _) => job.progress.message.as_ref(),
    };
    plain(text.map_or("", String::as_str))
}

/// The table of a terminal of so many columns and rows, line by line.
fn frame(
    jobs: &[JobSummary],
    note: Option<&str>,
    now: DateTime<Utc>,
    (width, height): (usize, usize),
    colour: bool,
) -> Vec<String> {
    let id_width = if width >= WIDE { 36 } else { 8 };
    let types = jobs.iter().map(|job| job.r#type.chars().count());
    let type_width = types.max().unwrap_or_default().clamp(4, 24);
    let head = format!(
        "{:id_width$}  {:type_width$}  {:CELLS$}          {:9}  {:>7}",
        "JOB", "TYPE", "PROGRESS", "STATUS", "TIME"
    );
    // The head, what is not shown, the note, and the line of the cursor.
    let room = height.saturating_sub(4).max(1);
    let mut lines = vec![cut(&head, width)];
    for job in jobs.iter().take(room) {
        let id: String = job.job_id.chars().take(id_width).collect();
        let kind = cut(&plain(&job.r#type), type_width);
        let percent = job.progress.percent.clamp(0.0, 100.0);
        let before = format!(
            "{id:id_width$}  {kind:type_width$}  {} {percent:5.1} %  ",
            bar(percent)
        );
        let status = format!("{:9}", job.status.as_str());
        let after = format!("  {:>7}  {}", elapsed(job, now), said(job));
        lines.push(styled(
            &before,
            &status,
            &after,
            width,
            colour.then(|| style(job.status)),
        ));
    }
    if jobs.is_empty() {
        lines.push("(no jobs)".to_owned());
    }
    if jobs.len() > room {
        lines.push(cut(&format!("… and {} more", jobs.len() - room), width));
    }
    lines.extend(note.map(|note| cut(&plain(note), width)));
    lines
}

/// One line of three parts in so many columns, the one in the middle with a style.
fn styled(before: &str, middle: &str, after: &str, width: usize, style: Option<&str>) -> String {
    let (first, second) = (before.chars().count(), middle.chars().count());
    let Some(style) = style.filter(|_| width > first + second) else {
        return cut(&format!("{before}{middle}{after}"), width);
    };
    let after = cut(after, width - first - second);
    format!("{before}\x1b[{style}m{middle}\x1b[0m{after}")
}

fn style(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Pending => "2",
        JobStatus::Running => "36",
        JobStatus::Completed => "32",
        JobStatus::Failed => "31",
        JobStatus::Cancelled => "33",
    }
}

/// So many percent as a bar.
fn bar(percent: f64) -> String {
    let full = (percent / 100.0 * CELLS as f64).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(CELLS - full))
}

/// How long a job has run, or ran; empty before it begins.
fn elapsed(job: &JobSummary, now: DateTime<Utc>) -> String {
    let time = |text: &Option<String>| DateTime::parse_from_rfc3339(text.as_deref()?).ok();
    let Some(start) = time(&job.started_at) else {
        return String::new();
    };
    let end = time(&job.completed_at).map_or(now, |end| end.to_utc());
    let seconds = (end - start.to_utc()).num_seconds().max(0);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match minutes / 60 {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{:02}:{seconds:02}", minutes % 60),
    }
}

/// `text` in so many columns.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.trim_end().to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn job(status: &str, percent: f64, more: Value) -> JobSummary {
        let mut job = json!({
            "job_id": "3b0f6a52-8f7b-4e62-8a55-0f2f0c9f4a77", "type": "backtest", "status": status,
            "priority": 5, "progress": {"percent": percent, "message": null}, "attempts": 1,
            "service_id": null, "error": null, "created_at": "2025-10-04T14:35:30Z",
            "started_at": "2025-10-04T14:35:31Z", "completed_at": null,
        });
        for (name, value) in more.as_object().expect("an object") {
            job[name] = value.clone();
        }
        serde_json::from_value(job).expect("a job")
    }

    fn now() -> DateTime<Utc> {
        let now = DateTime::parse_from_rfc3339("2025-10-04T14:37:01Z");
        now.expect("a time").to_utc()
    }

    #[test]
    fn a_table_with_bars() {
        let message = json!({"progress": {"percent": 41.96, "message": "Epoch 21 of\u{1b} 50"}});
        let error = json!({
            "error": {"kind": "service_failed", "message": "payload.symbol: unknown"},
            "completed_at": "2025-10-04T16:35:33Z",
        });
        let jobs = [job("running", 0.0, message), job("failed", 70.0, error)];
        let lines = frame(&jobs, Some("old"), now(), (100, 24), false);
        let expected = [
            "JOB       TYPE      PROGRESS                      STATUS        TIME",
            "3b0f6a52  backtest  ████████░░░░░░░░░░░░  42.0 %  running       1:30  Epoch 21 of  50",
            "3b0f6a52  backtest  ██████████████░░░░░░  70.0 %  failed     2:00:02  payload.symbol: unknown",
            "old",
        ];
        assert_eq!(lines, expected);
        assert!(frame(&jobs, None, now(), (120, 24), false)[1].starts_with(&jobs[0].job_id));
    }

    #[test]
    fn no_line_is_longer_than_the_terminal_and_no_table_higher() {
        let jobs = vec![job("running", 100.0, json!({})); 30];
        for (width, height) in [(20, 10), (60, 24), (200, 8), (3, 1)] {
            let lines = frame(&jobs, None, now(), (width, height), false);
            assert!(
                lines.iter().all(|line| line.chars().count() <= width),
                "{lines:?}"
            );
            assert!(lines.len() < height.max(5), "{lines:?}");
        }
        let lines = frame(&jobs, None, now(), (80, 10), false);
        assert_eq!(lines.last().map(String::as_str), Some("… and 24 more"));
    }

    #[test]
    fn colours_are_no_columns() {
        let jobs = [job("completed", 100.0, json!({}))];
        let line = &frame(&jobs, None, now(), (80, 24), true)[1];
        assert!(line.contains("\u{1b}[32mcompleted\u{1b}[0m"), "{line:?}");
        let narrow = &frame(&jobs, None, now(), (30, 24), true)[1];
        assert!(!narrow.contains('\u{1b}'), "{narrow:?}");
    }

    #[test]
    fn lines_tell_of_changes_alone() {
        let mut told = Told::new();
        let mut news = |status, percent| {
            let jobs = [job(status, percent, json!({}))];
            changed(&jobs, &mut told)
                .into_iter()
                .map(line)
                .collect::<Vec<_>>()
        };
        let id = "3b0f6a52-8f7b-4e62-8a55-0f2f0c9f4a77";
        assert_eq!(news("pending", 0.0), [format!("{id} backtest pending")]);
        assert_eq!(news("running", 0.0), [format!("{id} backtest running 0 %")]);
        assert!(news("running", 9.9).is_empty());
        assert_eq!(
            news("running", 12.0),
            [format!("{id} backtest running 12 %")]
        );
        assert_eq!(
            news("completed", 100.0),
            [format!("{id} backtest completed")]
        );
        assert!(news("completed", 100.0).is_empty());
    }
}
