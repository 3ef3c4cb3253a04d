use futures_util::stream;

use super::*;

fn answer(artifacts: Value) -> Value {
    json!({"answer": {"status": "completed", "result": {"a": 1}, "artifacts": artifacts}})
}

/// Stores contents as an upload does; answers where they are, and their checksum.
fn upload(world: &World, contents: &'static [u8]) -> (String, String) {
    let stream = stream::iter([Ok::<_, std::io::Error>(contents.into())]);
    let runtime = Runtime::new().unwrap();
    let stored = runtime
        .block_on(world.blobs.put(stream, 1000, None))
        .unwrap();
    (stored.storage_location, stored.checksum)
}

#[test]
fn what_a_job_made_is_recorded_with_its_end() {
    let world = World::new();
    let (_hub, fake) = (world.hub(), world.service(1));
    let (place, checksum) = upload(&world, b"weights");
    let made = json!([
        {"name": "model.bin", "type": "model", "storage_location": place, "tags": ["a", "b"]},
        {"name": "notes", "type": "log", "storage_location": "/elsewhere", "size_bytes": 12},
    ]);
    let first = world.submit(answer(made));
    let job = world.until(&first, JobStatus::Completed);
    let made = world.made(&first);
    assert_eq!(made.len(), 2);
    assert_eq!(job.artifact_ids, [made[0].id.clone(), made[1].id.clone()]);
    assert_eq!(
        (made[0].about.size_bytes, &made[0].about.checksum),
        (Some(7), &Some(checksum))
    );
    assert_eq!(
        (made[1].about.size_bytes, &made[1].about.checksum),
        (Some(12), &None)
    );
    assert_eq!(made[0].about.service_id, job.summary.service_id);
    // The next one is made from them.
    let report = json!([{"name": "report", "type": "report", "storage_location": "x"}]);
    let second = world.submit_job(NewJob {
        payload: object(answer(report)),
        input_artifact_ids: job.artifact_ids.clone(),
        ..new_job(TYPE)
    });
    world.until(&second, JobStatus::Completed);
    assert_eq!(world.made(&second)[0].about.dependencies, job.artifact_ids);
    let told = &fake.seen.order(&second)["artifacts"];
    assert_eq!(told.as_object().unwrap().len(), 2);
    assert_eq!(told[&made[0].id]["name"], "model.bin");
}

#[test]
fn one_wrong_artifact_leaves_nothing() {
    let world = World::new();
    let (_hub, _fake) = (world.hub(), world.service(1));
    let (place, checksum) = upload(&world, b"weights");
    let unknown = place.replace(&checksum[7..15], "00000000");
    let fine = json!({"name": "a", "type": "log", "storage_location": place});
    for (wrong, says) in [
        (json!({"type": "weights"}), "artifacts[1].type: "),
        (json!({"size_bytes": 8}), "artifacts[1] (a): "),
        (
            json!({"checksum": format!("sha256:{}", "0".repeat(64))}),
            "artifacts[1] (a): ",
        ),
        (json!({"storage_location": unknown}), "artifacts[1] (a): "),
    ] {
        let mut second = object(fine.clone());
        second.extend(object(wrong));
        let id = world.submit(answer(json!([fine, second])));
        let (kind, message) = world.failure(&id);
        assert_eq!(kind, JobErrorKind::InvalidArtifacts);
        assert!(message.starts_with(says), "{message}");
        assert!(world.made(&id).is_empty());
        assert_eq!(world.job(&id).result, None);
    }
}

#[test]
fn a_failed_job_may_have_made_something() {
    let world = World::new();
    let (_hub, _fake) = (world.hub(), world.service(1));
    let log = json!({"name": "log", "type": "log", "storage_location": "x"});
    let failed = json!({"status": "failed", "error": "no bars", "artifacts": [log]});
    let id = world.submit(json!({"answer": failed}));
    let (kind, _) = world.failure(&id);
    assert_eq!(kind, JobErrorKind::ServiceFailed);
    assert_eq!(world.made(&id)[0].about.name, "log");
}
