//! Who may do what: keys of callers, and the token that the hub and its services share.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// Environment variable with the keys of callers, commas between.
const KEYS: &str = "ORCHESTRATOR_API_KEYS";
/// Environment variable with the token of services.
const TOKEN: &str = "ORCHESTRATOR_SERVICE_TOKEN";
/// What to say of a secret that no header can hold.
const UNSENDABLE: &str =
    "API keys and the service token must be visible ASCII characters without spaces";

/// The secrets of a hub, as they were configured.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Keys of callers.
    pub api_keys: Vec<String>,
    /// What the hub and its services show each other.
    pub service_token: Option<String>,
}

/// Without anything that is secret.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("api_keys", &self.api_keys.len())
            .field("service_token", &self.service_token.is_some())
            .finish()
    }
}

impl Secrets {
    /// Reads secrets from files, and where none is given, from the environment.
    ///
    /// # Errors
    /// If a file cannot be read, or a secret could not be sent in a header, or callers can be told apart and
    /// services cannot, or the other way round.
    pub fn read(
        api_key_file: Option<&Path>,
        service_token_file: Option<&Path>,
    ) -> Result<Self, String> {
        let keys = given(api_key_file, KEYS)?;
        let token = given(service_token_file, TOKEN)?;
        Self::of(keys.as_deref(), token.as_deref())
    }

    fn of(keys: Option<&str>, token: Option<&str>) -> Result<Self, String> {
        let api_keys: Vec<String> = keys
            .unwrap_or_default()
            .split([',', '\n', '\r'])
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect();
        let service_token = token.map(|token| token.trim().to_owned());
        if keys.is_some() && api_keys.is_empty() {
            return Err("there is no API key where they should be".to_owned());
        }
        if !api_keys.iter().chain(&service_token).all(|it| sendable(it)) {
            return Err(UNSENDABLE.to_owned());
        }
        match (api_keys.is_empty(), &service_token) {
            (false, None) => Err(format!(
                "there are API keys but no service token, so that no service could report: set {TOKEN} or give --service-token-file"
            )),
            (true, Some(_)) => Err(format!(
                "there is a service token but no API key, so that nobody could submit a job: set {KEYS} or give --api-key-file"
            )),
            _ => Ok(Self {
                api_keys,
                service_token,
            }),
        }
    }
}

/// The token that a service shows the hub, and the hub it: read as [`Secrets::read`] does.
///
/// # Errors
/// If the file cannot be read, or the token could not be sent in a header.
pub fn service_token(file: Option<&Path>) -> Result<Option<String>, String> {
    let token = given(file, TOKEN)?.map(|token| token.trim().to_owned());
    match token {
        Some(token) if !sendable(&token) => Err(UNSENDABLE.to_owned()),
        token => Ok(token),
    }
}

/// What a file says; where none is given, an environment variable.
fn given(file: Option<&Path>, variable: &str) -> Result<Option<String>, String> {
    match file {
        Some(path) => std::fs::read_to_string(path)
            .map(Some)
            .map_err(|error| format!("cannot read the secrets in {}: {error}", path.display())),
        None => Ok(std::env::var(variable).ok().filter(|text| !text.is_empty())),
    }
}

fn sendable(secret: &str) -> bool {
    !secret.is_empty() && secret.bytes().all(|it| it.is_ascii_graphic())
}

/// Tells who is let in. Holds digests only, so that it has nothing to give away.
#[derive(Clone, Debug)]
pub struct Access {
    callers: Vec<[u8; 32]>,
    services: Option<[u8; 32]>,
}

impl Access {
    /// Lets in who has one of these secrets; everybody, if there are none.
    pub fn new(secrets: &Secrets) -> Self {
        Self {
            callers: secrets.api_keys.iter().map(|key| digest(key)).collect(),
            services: secrets.service_token.as_deref().map(digest),
        }
    }

    /// Whether everybody is let in.
    pub fn is_open(&self) -> bool {
        self.callers.is_empty() && self.services.is_none()
    }

    /// Whether this is the key of a caller.
    pub fn is_caller(&self, key: &str) -> bool {
        known(&self.callers, key)
    }

    /// Whether this is the token of services.
    pub fn is_service(&self, token: &str) -> bool {
        known(self.services.as_slice(), token)
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Takes as long for every secret, whether and where it is found.
fn known(digests: &[[u8; 32]], secret: &str) -> bool {
    let given = digest(secret);
    let found = digests
        .iter()
        .fold(Choice::from(0), |found, known| found | known.ct_eq(&given));
    found.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_keys_and_one_token_let_in() {
        let secrets = Secrets::of(Some("one, two\nthree\r\n\n"), Some("t0ken\n")).unwrap();
        assert_eq!(secrets.api_keys, ["one", "two", "three"]);
        let access = Access::new(&secrets);
        assert!(!access.is_open());
        for key in ["one", "two", "three"] {
            assert!(access.is_caller(key) && !access.is_service(key), "{key}");
        }
        assert!(access.is_service("t0ken") && !access.is_caller("t0ken"));
        for wrong in ["", "on", "one ", "ONE", "one,two", "t0ken\n"] {
            assert!(
                !access.is_caller(wrong) && !access.is_service(wrong),
                "{wrong}"
            );
        }
        let told = format!("{secrets:?} {access:?}");
        assert!(!told.contains("t0ken") && !told.contains("three"), "{told}");
    }

    #[test]
    fn no_secrets_let_everybody_in_and_half_of_them_are_a_mistake() {
        assert!(Access::new(&Secrets::of(None, None).unwrap()).is_open());
        for (keys, token, what) in [
            (Some("k"), None, "no service token"),
            (None, Some("t"), "no API key"),
            (Some(" ,\n"), Some("t"), "there is no API key"),
            (Some("a\tkey"), Some("t"), "visible ASCII"),
            (Some("k"), Some("tö"), "visible ASCII"),
            (Some("k"), Some(" "), "visible ASCII"),
        ] {
            let error = Secrets::of(keys, token).unwrap_err();
            assert!(error.contains(what), "{error}");
            assert!(!error.contains("tö"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Secrets::read(Some(Path::new("/no/such/keys")), None).unwrap_err();
        assert!(error.contains("/no/such/keys"), "{error}");
    }

    #[test]
    fn a_service_has_the_token_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        assert!(
            service_token(Some(&path))
                .unwrap_err()
                .contains("cannot read")
        );
        for text in ["", " \n", "two words"] {
            std::fs::write(&path, text).unwrap();
            assert!(
                service_token(Some(&path))
                    .unwrap_err()
                    .contains("visible ASCII")
            );
        }
        std::fs::write(&path, "s3cret\n").unwrap();
        assert_eq!(service_token(Some(&path)), Ok(Some("s3cret".to_owned())));
    }
}
