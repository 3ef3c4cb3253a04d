//! Which service gets a job.

use crate::orchestrator::store::ServiceStatus;
use crate::orchestrator::store::services::Service;

/// The service of a type with the smallest share of its places taken; of equals a random one, so that
/// hubs do not all choose the same. The one to `avoid` gets it only if there is no other.
pub(super) fn choose<'a>(
    services: impl IntoIterator<Item = &'a mut Service>,
    job_type: &str,
    avoid: Option<&str>,
) -> Option<&'a mut Service> {
    services
        .into_iter()
        .filter(|service| service.job_type == job_type && free(service) > 0)
        .min_by_key(|service| {
            let avoided = avoid == Some(service.id.as_str());
            let taken = service.running * 1000 / service.capacity.max(1);
            (avoided, taken, rand::random::<u32>())
        })
}

/// How many more executions a service can take.
pub(super) fn free(service: &Service) -> usize {
    match service.status {
        ServiceStatus::Unhealthy => 0,
        ServiceStatus::Healthy | ServiceStatus::Unknown => {
            usize::try_from(service.capacity - service.running).unwrap_or(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(id: &str, running: i64, capacity: i64) -> Service {
        Service {
            id: id.to_owned(),
            name: id.to_owned(),
            job_type: "backtest".to_owned(),
            url: format!("http://{id}"),
            capacity,
            resumable: true,
            status: ServiceStatus::Healthy,
            running,
            registered_at: 0,
            checked_at: None,
        }
    }

    fn chosen(services: &[Service], avoid: Option<&str>) -> Option<String> {
        let mut services = services.to_vec();
        choose(&mut services, "backtest", avoid).map(|service| service.id.clone())
    }

    #[test]
    fn the_least_loaded_of_those_that_can() {
        let mut services = vec![service("a", 3, 4), service("b", 5, 10), service("c", 1, 1)];
        assert_eq!(chosen(&services, None).as_deref(), Some("b"));
        services[1].status = ServiceStatus::Unhealthy;
        assert_eq!(chosen(&services, None).as_deref(), Some("a"));
        services[0].job_type = "other".to_owned();
        assert_eq!(chosen(&services, None), None);
        services[1].status = ServiceStatus::Unknown;
        assert_eq!(chosen(&services, None).as_deref(), Some("b"));
    }

    #[test]
    fn not_the_one_that_just_failed_unless_it_is_the_only_one() {
        let services = [service("a", 0, 4), service("b", 3, 4)];
        assert_eq!(chosen(&services, Some("a")).as_deref(), Some("b"));
        assert_eq!(chosen(&services[..1], Some("a")).as_deref(), Some("a"));
    }

    #[test]
    fn equals_get_the_same_share() {
        let services = [service("a", 0, 1), service("b", 0, 1)];
        let first = (0..1000).filter(|_| chosen(&services, None).as_deref() == Some("a"));
        assert!((300..700).contains(&first.count()));
    }
}
