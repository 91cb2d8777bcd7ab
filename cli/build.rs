//! With the feature `embedded`: compiles the shipped packs ahead. Out: `packs.compiled`. The same three lines serve any program that wants its packs ready at once.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "embedded")]
    {
        let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
        std::fs::write(out.join("packs.compiled"), sidestep::Filter::builtin()?.to_bytes())?;
    }
    Ok(())
}
