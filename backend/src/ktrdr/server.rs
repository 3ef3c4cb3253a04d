//! The service as a process: its store, its folders, its socket, and its end.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::api::App;
use super::data::load::Sources;
use super::operations::Engine;
use super::store::{Location, SCHEMA, Store};
use super::strategies::Library;
use super::training::run::Places;
use crate::http::{self, ServeError, bind, failed, lock};

/// Time that a load of generated bars takes at least.
const PACE: Duration = Duration::from_millis(1500);

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The database; none for one in memory.
    pub db: Option<Location>,
    /// Folder of CSV files.
    pub data: Option<PathBuf>,
    /// Folder of the models; none for `models` in `data`, else beside the database.
    pub models: Option<PathBuf>,
    /// Folder of the strategies; none for `strategies` beside the database.
    pub strategies: Option<PathBuf>,
    /// Whether bars are generated where there is no CSV file.
    pub synthetic: bool,
}

/// Serves until `stop` ends, then stops what runs and returns. Prints one line on stdout, `listening
/// on URL`, once it can be reached.
pub async fn serve(
    options: Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let data = options.data.as_deref().map(folder).transpose()?;
    // Held as long as the service runs.
    let file = options.db.as_ref().and_then(Location::file);
    let _lock = file.map(lock).transpose()?;
    let store = match &options.db {
        Some(location) => location
            .open(&SCHEMA)
            .map_err(failed(format!("open the database {location}")))?,
        None => Store::in_memory(&SCHEMA).map_err(failed("make a database in memory"))?,
    };
    let models = match (options.models, &data) {
        (Some(folder), _) => Folder::Kept(folder),
        (None, Some(data)) => Folder::Kept(data.join("models")),
        (None, None) => beside(options.db.as_ref(), "models")?,
    };
    let strategies = match options.strategies {
        Some(folder) => Folder::Kept(folder),
        None => beside(options.db.as_ref(), "strategies")?,
    };
    let library = Library::new(strategies.path().to_owned());
    let engine = Engine::new(store.clone()).map_err(failed("read the database"))?;
    let sources = Sources {
        folder: data,
        synthetic: options.synthetic,
        pace: PACE,
    };
    let places = Places {
        sources,
        models: models.path().to_owned(),
    };
    let app = App::new(store, engine.clone(), places, library)
        .map_err(failed("read the API's document"))?;

    let listener = bind(options.listen).await?;
    http::run(listener, app.router(), stop, engine.shut_down()).await
}

/// A folder that the service writes to.
enum Folder {
    Kept(PathBuf),
    /// Removed with the service: nothing else of it is kept either.
    Temporary(TempDir),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

/// The folder of a name beside the database; for one on a server, in the working folder.
fn beside(db: Option<&Location>, name: &str) -> Result<Folder, ServeError> {
    let parent = db.and_then(|db| {
        let file = db.file().unwrap_or(Path::new("ktrdr.db"));
        Some(std::path::absolute(file).ok()?.parent()?.to_owned())
    });
    match parent {
        Some(parent) => Ok(Folder::Kept(parent.join(name))),
        None => {
            let folder = TempDir::with_prefix(format!("ktrdr-{name}-"));
            folder
                .map(Folder::Temporary)
                .map_err(failed(format!("make a folder for {name}")))
        }
    }
}

fn folder(path: &Path) -> Result<PathBuf, ServeError> {
    let doing = format!("use the data folder {}", path.display());
    let path = path.canonicalize().map_err(failed(&doing))?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err(failed(doing)(io::Error::from(io::ErrorKind::NotADirectory)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_lie_beside_the_database_else_are_temporary() {
        let kept = beside(Some(&Location::File("/db/k.db".into())), "models").unwrap();
        assert_eq!(kept.path(), Path::new("/db/models"));
        let path = {
            let folder = beside(None, "strategies").unwrap();
            assert!(folder.path().is_dir());
            folder.path().to_owned()
        };
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn what_stands_in_the_way_is_named() {
        let options = Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            db: None,
            data: Some("/no/such/folder".into()),
            models: None,
            strategies: None,
            synthetic: true,
        };
        let error = serve(options, async {}).await.unwrap_err().to_string();
        assert!(
            error.starts_with("cannot use the data folder /no/such/folder: "),
            "{error}"
        );
    }

    #[tokio::test]
    async fn it_ends_when_it_is_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            db: Some(Location::File(folder.path().join("ktrdr.db"))),
            data: None,
            models: None,
            strategies: None,
            synthetic: false,
        };
        serve(options, async {}).await.unwrap();
        assert!(folder.path().join("ktrdr.db").exists());
    }
}
