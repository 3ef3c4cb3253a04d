//! `toolwright generate --watch`: again whenever an input changes.

use std::collections::HashSet;
use std::path::PathBuf;

use super::super::watch::{Watch, places};
use super::{Options, System};
use crate::cli::{Failure, Format, Outcome, err, out, shown};
use crate::diagnostics::Diagnostics;
use crate::diagnostics::render::render;
use crate::diff::{self, Side};
use crate::read::{self, Sources};
use crate::write;

/// A system, and what was told of it the last time.
struct Watched {
    system: System,
    out: PathBuf,
    /// The files that decide what comes of it.
    inputs: HashSet<PathBuf>,
    /// The diagnostics that were shown.
    told: String,
    /// What agents see, as of the last time without errors.
    side: Option<Side>,
}

/// Ends when Ctrl-C is pressed, or when nothing can be watched.
pub(super) fn run(options: &Options, systems: Vec<System>) -> Result<Outcome, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            ended = watch(options, systems) => ended,
            pressed = tokio::signal::ctrl_c() => Ok(pressed.map(|()| Outcome::Fine)?),
        }
    })
}

async fn watch(options: &Options, systems: Vec<System>) -> Result<Outcome, Failure> {
    let mut all = systems
        .into_iter()
        .map(|system| Watched::new(options, system))
        .collect::<Result<Vec<_>, _>>()?;
    let mut watch = Watch::new()?;
    // The files that changed; at first, all are looked at.
    let mut touched: Option<HashSet<PathBuf>> = None;
    let mut announced = false;
    loop {
        for one in &mut all {
            if touched
                .as_ref()
                .is_none_or(|files| !one.inputs.is_disjoint(files))
            {
                one.round(options)?;
            }
        }
        let inputs: HashSet<PathBuf> = all.iter().flat_map(|one| one.inputs.clone()).collect();
        // What was changed before its folder was watched is seen by looking once more.
        if watch.follow(&inputs)? {
            continue;
        }
        if !announced {
            announced = true;
            err(format_args!(
                "watching {} files; Ctrl-C ends\n",
                inputs.len()
            ));
        }
        touched = Some(watch.change(&inputs).await?);
    }
}

impl Watched {
    fn new(options: &Options, system: System) -> Result<Self, Failure> {
        Ok(Self {
            out: system.out(options.out.as_deref())?,
            system,
            inputs: HashSet::new(),
            told: String::new(),
            side: None,
        })
    }

    /// Generates, writes what differs, and tells what is new about it. What is wrong with the input, or with the folder
    /// of the server, is told and ends nothing.
    fn round(&mut self, options: &Options) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let spec = &self.system.spec;
        let made =
            read::read(spec, options.read.into(), &mut diagnostics).and_then(|mut sources| {
                match crate::make(&mut sources, &self.out, &mut diagnostics) {
                    Some(output) => Ok((sources, output)),
                    None => Err(crate::files(sources, false, &mut diagnostics)),
                }
            });
        let files = match &made {
            Ok((sources, _)) => &sources.files,
            Err(files) => files,
        };
        let visited = files.visited();
        self.inputs = visited.iter().flat_map(|file| places(file)).collect();
        let told = render(&diagnostics, files, options.format.rendering());
        let is_news = told != self.told;
        if is_news {
            options.report(&diagnostics, files)?;
            self.told = told;
        }
        let Ok((sources, output)) = made else {
            return Ok(());
        };
        match write::write(&output.files, &self.out) {
            Ok(found) if !found.is_fresh() => options.say(&found.report(&shown(&self.out)))?,
            Ok(_) if is_news || self.side.is_none() => {
                options.say(&format!("{}: up to date\n", shown(&self.out)))?;
            }
            Ok(_) => {}
            Err(error) => err(format_args!("error: {error}\n")),
        }
        self.compare(sources, options)
    }

    /// Tells what changes for agents since the last time without errors.
    fn compare(&mut self, sources: Sources, options: &Options) -> Result<(), Failure> {
        let Ok(new) = diff::side(sources) else {
            return Ok(());
        };
        if let Some(old) = &self.side {
            let changes = diff::diff(old, &new);
            let format = match options.format {
                Format::Text if Format::colours(&std::io::stdout()) => diff::Format::Colours,
                Format::Text => diff::Format::Text,
                Format::Json => diff::Format::Json,
                Format::Github => diff::Format::Github,
            };
            if !changes.is_empty() {
                out(diff::render(&changes, None, format))?;
            }
        }
        self.side = Some(new);
        Ok(())
    }
}
