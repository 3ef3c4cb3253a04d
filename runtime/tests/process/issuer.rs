//! An authorization server: metadata, keys, and tokens signed with them.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use serde_json::json;
use toolwright_runtime::Json;

/// A key of these tests and of nothing else (PKCS 8).
const RSA: &str = "\
    MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCrFVASoohP1IhWRpmxQQS1K4ZO \
    PDpCnAqL3FYBrw4/SRsN0hll6rvU7Pd28ArAzVhUHNNQoNDZoETWP0EjFMqwwpe9N44D8kr5ftSJ \
    cvVGBmgIHKt+DQ4T78uSEq1s0KUiqx3HGDgQAK+Hwi8B9WL3pK8Y96JoOBXmEJG8f7qkvQEvFMGo \
    NuVHOK0Zc9mnZeffnK/nGEnRd997vxmZi+Gx5sJLjAvDla79Rr9O2b5VH7+CYWYN8BUN4zvqEWN0 \
    jd0tEVNMeVN2G8lJ4w9uidWL60gTOFjSQ3FhBMPPzullxNCIk5x/npAipGJxEiRthvk2Pa1ToOZT \
    51X7o+tG2v8xAgMBAAECggEAASK0FFuV0gnUGdaAIKgQ0u8GBjDqJhUJEOKWg45Y5tyiXFYfqwiC \
    1Kf6AIUZXSw/wNcsI+XdXQRuUIm88fGqYr/3596dh7MtAjjwSjVEIYHbYOpnzP9jL4iw7jhHhGhi \
    IDfIi9DCVoDaqWkFjNrHHGOwcdb68fwlURCdFwY2A+/mcFdrA8DonI/uUFO+Sd/OyihBzdRfuG1D \
    levNzXxIO+vQmC/jN+0I57GdMu+rPlsb09kf4FsQ5wtVxIMWjZhk6pWtlZ+A6kvH+2A4qbCZG3L7 \
    sw9eBDy+hn7dcbc4aDTg+JasOeNIROyh6+DslN97qFIgF5ZDVX0L8Z+hzdvqHQKBgQDfkO4rrFgI \
    WKiMo5f7pOKLxfU/dkcBiBij0gKlS10f3YQQ0nzjTzgvu66v43WiO+0Lxf5ie+C7azjuFbP5iWFp \
    z91N50CPbTpREs5Ib4weNOlr72c2bA3tSVkMe9Zi+sWq+6o3hz76kg5UEJ4+7IFswH4ZDozN0Lpa \
    Gss/Dl4KuwKBgQDD5zWtbFH+ycGiXkj3ima4hCVm+T8CXyfn/Hx4QS+CvWevtM2YYWJN+0Gc7PCo \
    JfAXzqiep0ex2KsA00XVzTDbisHAXO5MGPL2EB7CVx0GwqaN19xFWpRns/vJ0YUbDwWEBlp/H4EJ \
    YPmaupXCUCNAEdSFufts0KJuPhRy2LotAwKBgQCdVRhXwdS+Iu6S8vodTR9lcC20uJ8l08pLV5sn \
    Ck+CAllToV3kdja7WOCJxZBeWL/sfi0Uz8sK+l05KCrdHLJiTbeXgHvts9fLgGmNjnrUMzZmEDfZ \
    k9eFOw4g+/GW/JYpSyyyIUrP+gN9Y6iJ7dTzXNAhAB1VJmROzvZj7M9/ywKBgGR2yO9D8pTQUM38 \
    vjy8LEuJ8Uhqn+aOd/+fWxGslDne+jKAbUMtBeXp6U8Zr5z7v7Hl2FFshfbtn1yP/GtVjC26bfxB \
    bC94R/jqcWvGkuspnZJ2Vc73Uc4Q3ho0qacjv/dh7rzsohb2NWslLrH0uO8ddbiSlR7Lq9EPYxs2 \
    i9uTAoGBAJURnhadQbu6nz4Aj3TXFUGA/7MFS7sw9Zd9XZCKLmtaWPdjtjCYAMcuuKPf95wCIbWa \
    WyNW4WGdhXTcbZF+Sg7VPCEfJxCEcNJxoRHghFBsniGFWR32qSPVn5BPGvv1qFz0hMOYZ9VsD+jT \
    gxCys6QtxmaDLyYD0qWlxyhl3sTd";

/// A key that signs tokens.
pub(crate) struct Signer {
    kid: String,
    algorithm: &'static str,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    pub(crate) fn new(kid: &str, algorithm: &'static str) -> Self {
        let random = SystemRandom::new();
        let pair = match algorithm {
            "RS256" => {
                let der = STANDARD.decode(RSA.replace(' ', "")).unwrap();
                Pair::Rsa(RsaKeyPair::from_pkcs8(&der).unwrap())
            }
            "ES256" => {
                let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let der = EcdsaKeyPair::generate_pkcs8(scheme, &random).unwrap();
                Pair::Ecdsa(EcdsaKeyPair::from_pkcs8(scheme, der.as_ref(), &random).unwrap())
            }
            "EdDSA" => {
                let der = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                Pair::Ed25519(Ed25519KeyPair::from_pkcs8(der.as_ref()).unwrap())
            }
            other => panic!("{other}"),
        };
        Self {
            kid: kid.to_owned(),
            algorithm,
            pair,
        }
    }

    /// The public key, as a key set has it (RFC 7517).
    pub(crate) fn jwk(&self) -> Json {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": text(&public.n), "e": text(&public.e)})
            }
            Pair::Ecdsa(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Pair::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref())})
            }
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.algorithm);
        jwk
    }

    /// A token with these claims.
    pub(crate) fn token(&self, claims: &Json) -> String {
        let header = json!({"alg": self.algorithm, "kid": self.kid, "typ": "at+jwt"});
        self.signed(&header, claims)
    }

    /// A token with this header and these claims.
    pub(crate) fn signed(&self, header: &Json, claims: &Json) -> String {
        let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &random,
                    message.as_bytes(),
                    &mut signature,
                )
                .unwrap();
                signature
            }
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&random, message.as_bytes()).unwrap();
                signature.as_ref().to_vec()
            }
            Pair::Ed25519(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Seconds since 1970, and so many more.
pub(crate) fn in_seconds(more: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap() + more
}

/// An authorization server that answers for its metadata and keys.
pub(crate) struct Issuer {
    pub(crate) url: String,
    keys: Arc<Mutex<Vec<Json>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Issuer {
    pub(crate) fn start(keys: Vec<Json>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Self {
            url: url.clone(),
            keys: Arc::new(Mutex::new(keys)),
            asked: Arc::default(),
        };
        let (keys, asked) = (issuer.keys.clone(), issuer.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let _ = answer(stream, &url, &keys, &asked);
            }
        });
        issuer
    }

    /// The paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// A token of a signer that is good for the audience `shop`, with these
    /// further claims.
    pub(crate) fn token(&self, signer: &Signer, more: &Json) -> String {
        signer.token(&self.claims(more))
    }

    pub(crate) fn claims(&self, more: &Json) -> Json {
        let mut claims = json!({
            "iss": self.url, "aud": "shop", "sub": "alice", "exp": in_seconds(600),
        });
        let more = more.as_object().unwrap().clone();
        claims.as_object_mut().unwrap().extend(more);
        claims
    }
}

fn answer(
    mut stream: TcpStream,
    url: &str,
    keys: &Mutex<Vec<Json>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("").to_owned();
    let (status, body) = match path.as_str() {
        "/.well-known/openid-configuration" => (
            200,
            json!({"issuer": url, "jwks_uri": format!("{url}/keys")}),
        ),
        "/keys" => (200, json!({"keys": *keys.lock().unwrap()})),
        _ => (404, json!({})),
    };
    asked.lock().unwrap().push(path);
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}
