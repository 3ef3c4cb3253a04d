//! Embeds the runtime's source, which is written beside servers generated outside this workspace.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../runtime");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!(
        "cargo::rerun-if-changed={}",
        root.join("Cargo.toml").display()
    );
    println!("cargo::rerun-if-changed={}", root.join("src").display());

    // Its tests stay here, and so do the crates only they need.
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let of_tests =
        |table: &&str| table.starts_with("dev-dependencies]") || table.starts_with("[test]]");
    let tables: Vec<_> = manifest
        .split("\n[")
        .filter(|table| !of_tests(table))
        .collect();
    fs::write(out.join("runtime.toml"), tables.join("\n["))?;

    let mut files = Vec::new();
    sources(&root.join("src"), &mut files)?;
    files.sort();
    let mut code = String::from("/// The runtime's files: path relative to the crate, and text.\n");
    code.push_str("const RUNTIME_FILES: &[(&str, &str)] = &[\n");
    let _ = writeln!(
        code,
        "    (\"Cargo.toml\", include_str!({:?})),",
        out.join("runtime.toml")
    );
    for file in files {
        let relative = file
            .strip_prefix(&root)
            .unwrap_or(&file)
            .to_string_lossy()
            .replace('\\', "/");
        let _ = writeln!(
            code,
            "    ({relative:?}, include_str!({:?})),",
            file.canonicalize()?
        );
    }
    code.push_str("];\n");
    fs::write(out.join("runtime_files.rs"), code)
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
