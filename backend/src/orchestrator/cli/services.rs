//! `register-service`, `deregister-service` and `list-services`.

use std::time::Duration;

use clap::Args;
use orchestrator_mcp::clients::services::ListServices;
use orchestrator_mcp::models::{Service, ServiceList, ServiceRegistration};

use super::Failure;
use super::hub::{HubArgs, ask};
use super::text::{details, table};

/// How long the hub may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Args, Debug)]
pub(super) struct Register {
    /// The type of its jobs, such as ml_experiment.
    #[arg(long, value_name = "TYPE")]
    job_type: String,
    /// Its base URL; the hub sends jobs to URL/execute.
    #[arg(long, value_name = "URL")]
    service_url: String,
    /// What it is called; left out, its URL.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// How many jobs it does at once; left out, 1.
    #[arg(long, value_name = "N")]
    capacity: Option<i64>,
    /// It can be asked about a job that was sent to it, and told to stop one.
    #[arg(long)]
    resumable: bool,
    #[command(flatten)]
    hub: HubArgs,
}

impl Register {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let body = ServiceRegistration {
            name: self.name,
            job_type: self.job_type,
            url: self.service_url,
            capacity: self.capacity,
            resumable: self.resumable.then_some(true),
        };
        let call = client.services().register_service(&body);
        self.hub.show(call, |service| told(&service)).await
    }
}

#[derive(Args, Debug)]
pub(super) struct Deregister {
    /// Its name, its id or its URL, as list-services shows them.
    #[arg(value_name = "NAME")]
    service: String,
    #[command(flatten)]
    hub: HubArgs,
}

impl Deregister {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let all = ask(client.services().list_services(&ListServices::default())).await?;
        let service = self.chosen(all.services)?;
        let call = client.services().deregister_service(&service.service_id);
        self.hub
            .show(call, |_| format!("{} deregistered\n", service.service_id))
            .await
    }

    /// The one that is meant.
    fn chosen(&self, mut all: Vec<Service>) -> Result<Service, Failure> {
        let name = &self.service;
        all.retain(|it| [&it.name, &it.service_id, &it.url].contains(&name));
        match <[Service; 1]>::try_from(all) {
            Ok([service]) => Ok(service),
            Err(none) if none.is_empty() => Err(Failure::Refused(format!(
                "there is no service {name:?}; `orchestrator list-services` shows those there are"
            ))),
            Err(several) => {
                let ids: Vec<_> = several.into_iter().map(|it| it.service_id).collect();
                let ids = ids.join(", ");
                let message =
                    format!("several services are called {name:?}; give the id of one: {ids}");
                Err(Failure::Refused(message))
            }
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Only services for jobs of this type.
    #[arg(long, value_name = "TYPE")]
    job_type: Option<String>,
    #[command(flatten)]
    hub: HubArgs,
}

impl List {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let query = ListServices {
            r#type: self.job_type,
            status: None,
        };
        let call = client.services().list_services(&query);
        self.hub.show(call, |list| listed(&list)).await
    }
}

fn told(service: &Service) -> String {
    details(&[
        ("service", service.service_id.clone()),
        ("name", service.name.clone()),
        ("type", service.job_type.clone()),
        ("url", service.url.clone()),
        ("status", service.status.as_str().to_owned()),
        ("capacity", service.capacity.to_string()),
    ])
}

fn listed(list: &ServiceList) -> String {
    if list.services.is_empty() {
        return "No services. `orchestrator register-service` tells the hub of one; `orchestrator worker` is one.\n"
            .to_owned();
    }
    let rows = list.services.iter().map(|service| {
        [
            service.service_id.clone(),
            service.job_type.clone(),
            service.status.as_str().to_owned(),
            format!("{}/{}", service.running, service.capacity),
            service.name.clone(),
            service.url.clone(),
        ]
    });
    table(
        ["SERVICE", "TYPE", "STATUS", "JOBS", "NAME", "URL"],
        rows.collect(),
    )
}
