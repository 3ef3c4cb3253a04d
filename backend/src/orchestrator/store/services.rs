//! Services in the database.

use super::{Conditions, Connection, Error, Result, Row, ServiceStatus, new_id, params, word};

/// A service that runs jobs of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The jobs it runs.
    pub job_type: String,
    /// Its base URL.
    pub url: String,
    /// How many jobs it runs at once.
    pub capacity: i64,
    /// Whether it can be asked about an execution, and told to cancel one.
    pub resumable: bool,
    /// Its health.
    pub status: ServiceStatus,
    /// How many jobs of all hubs it runs now.
    pub running: i64,
    /// When it was first registered.
    pub registered_at: i64,
    /// When its health was last asked for.
    pub checked_at: Option<i64>,
}

/// A service to register.
#[derive(Clone, Debug, PartialEq)]
pub struct NewService {
    /// What it is called.
    pub name: String,
    /// The jobs it runs.
    pub job_type: String,
    /// Its base URL.
    pub url: String,
    /// How many jobs it runs at once.
    pub capacity: i64,
    /// Whether it can be asked about an execution, and told to cancel one.
    pub resumable: bool,
}

/// Which services to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Only of this type.
    pub job_type: Option<String>,
    /// Only in this state.
    pub status: Option<ServiceStatus>,
}

const COLUMNS: &str = "service_id, name, job_type, url, capacity, resumable, status,
    (SELECT count(*) FROM jobs WHERE jobs.status = 'running' AND jobs.service_id = services.service_id),
    registered_at, checked_at";

/// Registers a service, or renews the one of the same URL and type; one that was ill counts as not asked yet.
/// Answers the service and whether it is new.
pub fn register(db: &Connection, new: &NewService) -> Result<(Service, bool)> {
    let id = new_id();
    let kept: String = db.query_one(
        "INSERT INTO services (service_id, name, job_type, url, capacity, resumable, registered_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (url, job_type) DO UPDATE SET name = excluded.name, capacity = excluded.capacity,
             resumable = excluded.resumable,
             status = CASE services.status WHEN 'unhealthy' THEN 'unknown' ELSE services.status END
         RETURNING service_id",
        &params![
            id,
            new.name,
            new.job_type,
            new.url,
            new.capacity,
            new.resumable,
            db.now()?,
        ],
        |row| row.get(0),
    )?;
    let service = get(db, &kept)?.ok_or(Error::NoRow)?;
    Ok((service, kept == id))
}

/// The service of an id.
pub fn get(db: &Connection, id: &str) -> Result<Option<Service>> {
    let sql = format!("SELECT {COLUMNS} FROM services WHERE service_id = ?1");
    db.query_optional(&sql, &params![id], read)
}

/// The service that has a job, or had it last.
pub fn of_job(db: &Connection, job: &str) -> Result<Option<Service>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM services
         WHERE service_id = (SELECT given.service_id FROM jobs given WHERE given.job_id = ?1)"
    );
    db.query_optional(&sql, &params![job], read)
}

/// The services, oldest first.
pub fn list(db: &Connection, filter: &Filter) -> Result<Vec<Service>> {
    let mut conditions = Conditions::default();
    conditions.add_some("job_type = ?", filter.job_type.as_deref());
    conditions.add_some("status = ?", filter.status.map(ServiceStatus::as_str));
    let sql = format!(
        "SELECT {COLUMNS} FROM services {} ORDER BY seq",
        conditions.clause()
    );
    db.query(&sql, &conditions.values(), read)
}

/// Takes a service off the list. Answers whether it was there.
pub fn remove(db: &Connection, id: &str) -> Result<bool> {
    db.execute("DELETE FROM services WHERE service_id = ?1", &params![id])
        .map(|rows| rows == 1)
}

/// Writes down how a service is, as of now. Answers whether it is there.
pub fn mark(db: &Connection, id: &str, status: ServiceStatus) -> Result<bool> {
    db.execute(
        "UPDATE services SET status = ?1, checked_at = ?2 WHERE service_id = ?3",
        &params![status.as_str(), db.now()?, id],
    )
    .map(|rows| rows == 1)
}

fn read(row: &Row<'_>) -> Result<Service> {
    Ok(Service {
        id: row.get(0)?,
        name: row.get(1)?,
        job_type: row.get(2)?,
        url: row.get(3)?,
        capacity: row.get(4)?,
        resumable: row.get(5)?,
        status: word(row, 6)?,
        running: row.get(7)?,
        registered_at: row.get(8)?,
        checked_at: row.get(9)?,
    })
}
