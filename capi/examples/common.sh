# What the examples share. Sourced: builds libsidestep into $prefix; $out is a scratch folder of the example's own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$repo/target}
prefix=$target/hosts/prefix
out=$target/examples/$(basename "$here")
mkdir -p "$out"
"$repo/capi/install.sh" "$prefix" "${PROFILE:-dev}"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig SIDESTEP_LIBRARY=$prefix/lib/libsidestep.so.1
need() { command -v "$1" >/dev/null || { echo "skipped: $1 is not installed"; exit 77; }; }
