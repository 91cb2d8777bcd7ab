#!/usr/bin/env bash
# Installs libsidestep, its header and its pkg-config file: capi/install.sh PREFIX [cargo profile]. The same layout as `cargo cinstall --prefix PREFIX`.
set -euo pipefail
prefix=${1:?usage: capi/install.sh PREFIX [profile]}
profile=${2:-release}
cd "$(dirname "$0")/.."
abi=1
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)

cargo build --locked --quiet -p sidestep-capi --profile "$profile"
built=${CARGO_TARGET_DIR:-target}/$([ "$profile" = dev ] && echo debug || echo "$profile")

lib=$prefix/lib
install -d "$lib/pkgconfig" "$prefix/include"
case $(uname -s) in
Darwin)
    install -m 755 "$built/libsidestep_capi.dylib" "$lib/libsidestep.$abi.dylib"
    install_name_tool -id "$lib/libsidestep.$abi.dylib" "$lib/libsidestep.$abi.dylib"
    ln -sf "libsidestep.$abi.dylib" "$lib/libsidestep.dylib"
    ;;
*)
    # A new file beside the old one, then a rename: programs that have the old one mapped keep it.
    install -m 755 "$built/libsidestep_capi.so" "$lib/libsidestep.so.$abi.0.0.new"
    mv -f "$lib/libsidestep.so.$abi.0.0.new" "$lib/libsidestep.so.$abi.0.0"
    ln -sf "libsidestep.so.$abi.0.0" "$lib/libsidestep.so.$abi"
    ln -sf "libsidestep.so.$abi" "$lib/libsidestep.so"
    ;;
esac
install -m 644 "$built/libsidestep_capi.a" "$lib/libsidestep.a"
install -m 644 capi/include/sidestep.h "$prefix/include/sidestep.h"
cat >"$lib/pkgconfig/sidestep.pc" <<PC
prefix=$(cd "$prefix" && pwd)
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: sidestep
Description: In-process risk filter for chat messages
Version: $version
Libs: -L\${libdir} -lsidestep
Libs.private: -lpthread -ldl -lm
Cflags: -I\${includedir}
PC
