use std::path::Path as File;

use futures_util::stream;

use super::*;
use crate::orchestrator::store::testing::new_artifact;

const LIMIT: u64 = 16 << 20;

fn chunks(bytes: &[u8], size: usize) -> impl Stream<Item = Result<Bytes, String>> {
    let chunks: Vec<_> = bytes
        .chunks(size)
        .map(|it| Ok(Bytes::copy_from_slice(it)))
        .collect();
    stream::iter(chunks)
}

fn artifact(stored: &Stored) -> NewArtifact {
    NewArtifact {
        storage_location: stored.storage_location.clone(),
        size_bytes: i64::try_from(stored.size_bytes).ok(),
        checksum: Some(stored.checksum.clone()),
        ..new_artifact("model.bin")
    }
}

async fn content(blobs: &Blobs, artifact: &NewArtifact) -> Result<Vec<u8>, BlobError> {
    let content = blobs.get(artifact).await?;
    let parts: Vec<Bytes> = content.bytes.try_collect().await?;
    let bytes = parts.concat();
    assert_eq!(bytes.len() as u64, content.size_bytes);
    Ok(bytes)
}

/// Every file below a folder.
fn files(folder: &File) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

async fn in_folder() -> (tempfile::TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("not/there");
    let blobs = Blobs::open(place.to_str().unwrap()).await.unwrap();
    (folder, blobs)
}

#[tokio::test]
async fn contents_come_back_as_they_went_in() {
    let (folder, local) = in_folder().await;
    let memory = Blobs::open("memory:///some/folder").await.unwrap();
    for blobs in [local, memory] {
        blobs.ready().await.unwrap();
        for (size, chunk) in [(0, 1), (1, 1), (70_000, 999), (11 << 20, 64 << 10)] {
            let bytes: Vec<u8> = (0..size).map(|it| (it % 251) as u8).collect();
            let stored = blobs.put(chunks(&bytes, chunk), LIMIT, None).await.unwrap();
            assert_eq!(stored.size_bytes, size as u64);
            assert!(Blobs::holds(&stored.storage_location));
            assert!(content(&blobs, &artifact(&stored)).await.unwrap() == bytes);
            let again = blobs
                .put(chunks(&bytes, 1 << 20), LIMIT, Some(&stored.checksum))
                .await;
            assert_eq!(again.unwrap(), stored);
        }
    }
    assert_eq!(files(folder.path()).len(), 4, "each content once");
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let (folder, blobs) = in_folder().await;
    let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let refused = blobs.put(chunks(b"abc", 1), 2, None).await;
    assert!(
        matches!(refused, Err(BlobError::TooLarge(2))),
        "{refused:?}"
    );
    let refused = blobs
        .put(chunks(b"abc", 1), 3, Some(empty))
        .await
        .unwrap_err();
    assert!(
        refused.to_string().ends_with(&format!("not {empty}")),
        "{refused}"
    );
    let broken = stream::iter([Ok(Bytes::from(vec![0; 6 << 20])), Err("reset by peer")]);
    let refused = blobs.put(broken, LIMIT, None).await;
    assert!(
        matches!(refused, Err(BlobError::BrokenOff(_))),
        "{refused:?}"
    );
    assert_eq!(files(folder.path()), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn a_changed_byte_is_never_delivered() {
    let (folder, blobs) = in_folder().await;
    let bytes = vec![7; 100_000];
    let stored = blobs.put(chunks(&bytes, 1000), LIMIT, None).await.unwrap();
    let artifact = artifact(&stored);
    let file = files(folder.path()).remove(0);
    for change in [
        |bytes: &mut Vec<u8>| bytes[99_999] ^= 1,
        |bytes: &mut Vec<u8>| bytes[0] ^= 128,
        |bytes: &mut Vec<u8>| bytes.truncate(99_999),
        |bytes: &mut Vec<u8>| bytes.push(7),
        Vec::clear,
    ] {
        let mut changed = bytes.clone();
        change(&mut changed);
        std::fs::write(&file, &changed).unwrap();
        let refused = blobs.get(&artifact).await;
        assert!(matches!(refused, Err(BlobError::Corrupt(_))), "{refused:?}");
    }
    // Stored once more it is whole again; changed between the check and the delivery, it breaks off.
    blobs.put(chunks(&bytes, 1000), LIMIT, None).await.unwrap();
    let content = blobs.get(&artifact).await.unwrap();
    let mut changed = bytes.clone();
    changed[99_000] ^= 1;
    std::fs::write(&file, &changed).unwrap();
    let mut parts = content.bytes;
    let mut got = 0;
    let end = loop {
        match parts.try_next().await {
            Ok(Some(part)) => got += part.len(),
            end => break end,
        }
    };
    assert!(
        matches!(end, Err(BlobError::Corrupt(_))) && got < bytes.len(),
        "{end:?}"
    );
    std::fs::remove_file(&file).unwrap();
    let refused = blobs.get(&artifact).await;
    assert!(matches!(refused, Err(BlobError::NotHere)), "{refused:?}");
}

#[tokio::test]
async fn an_artifact_that_says_something_else_is_found_out() {
    let (_folder, blobs) = in_folder().await;
    let stored = blobs.put(chunks(b"abc", 3), LIMIT, None).await.unwrap();
    let place = &stored.storage_location;
    assert_eq!(blobs.check(place, None, None).await.unwrap(), stored);
    for (size, checksum) in [(Some(4), None), (Some(-1), None), (None, Some("sha256:00"))] {
        let refused = blobs.check(place, size, checksum).await;
        assert!(matches!(refused, Err(BlobError::Corrupt(_))), "{refused:?}");
    }
    let unknown = place.replace(&stored.checksum[7..15], "00000000");
    let upper = place.to_uppercase();
    for place in [
        &unknown,
        &upper,
        "blob:sha256:../../../etc/passwd",
        "/etc/passwd",
        "",
    ] {
        let refused = blobs.check(place, None, None).await;
        assert!(
            matches!(refused, Err(BlobError::NotHere)),
            "{place}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for place in [
        file.to_str().unwrap(),
        "ftp://host/folder",
        "https://host/x",
    ] {
        let refused = Blobs::open(place).await.unwrap_err().to_string();
        assert!(refused.contains(place), "{refused}");
    }
    let refused = Blobs::open("https://me:secret@host/x").await.unwrap_err();
    assert!(!refused.to_string().contains("secret"), "{refused}");
    let (folder, blobs) = in_folder().await;
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(blobs.ready().await.is_err());
}

#[tokio::test]
async fn uploads_that_were_never_finished_go_when_the_hub_starts() {
    let (folder, blobs) = in_folder().await;
    let stored = blobs.put(chunks(b"abc", 3), LIMIT, None).await.unwrap();
    // As a killed process leaves them.
    let place = folder.path().join("not/there");
    for name in ["old", "old#1", "new"] {
        std::fs::write(place.join("uploads").join(name), "half").unwrap();
    }
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(3601);
    for name in ["old", "old#1"] {
        let file = File::new("uploads").join(name);
        let file = std::fs::File::options().write(true).open(place.join(file));
        file.unwrap().set_modified(before).unwrap();
    }
    let again = format!("file://{}", place.display());
    let blobs = Blobs::open(&again).await.unwrap();
    assert_eq!(content(&blobs, &artifact(&stored)).await.unwrap(), b"abc");
    let left = files(&place.join("uploads"));
    assert_eq!(left, [place.join("uploads/new")]);
}
