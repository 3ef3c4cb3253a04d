//! SHA-256 digests, as they are written.

use sha2::{Digest, Sha256};

/// The checksum of contents, as artifacts have it.
pub(super) fn checksum(content: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(content)))
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest of no bytes, as FIPS 180 has it.
    #[test]
    fn checksums_are_written_as_artifacts_have_them() {
        assert_eq!(
            checksum(b""),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
