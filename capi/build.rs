//! Names the shared library after the ABI, so that programs linked with it ask for `libsidestep.so.1` whatever the file is called while it is built.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsidestep.so.1");
    }
}
