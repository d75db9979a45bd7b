#!/usr/bin/env bash
# Fuzzes on stable Rust, with nothing to install:
#     fuzz.sh SECONDS [TARGET..]           each target for so long, all if none is named
#     fuzz.sh --brief SECONDS [TARGET..]   the same from a build that is not optimized and takes a third of the time,
#                                          two targets at a time
# `cargo fuzz run -s none TARGET` runs the same targets.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

profile=release jobs=1
[ "${1:-}" != --brief ] || { profile=brief jobs=2; shift; }
seconds=${1:?usage: fuzz.sh [--brief] SECONDS [TARGET..]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(sed -n 's/^pub use \(.*\)::.*/\1/p' fuzz/src/targets/mod.rs)

# As cargo-fuzz: LLVM counts edges and notes what is compared. The host is named as the target, so that neither build scripts
# nor macros are built with these flags.
host=$(rustc -vV | sed -n 's/^host: //p')
flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="$flags" cargo build --profile "$profile" --locked --manifest-path fuzz/Cargo.toml --target "$host" --bin any

# Readers are given files: in memory where there is room.
memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d -p "$memory")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

run() {
    local seeds=()
    mkdir -p "fuzz/corpus/$1" "fuzz/artifacts/$1"
    [ ! -d "fuzz/seeds/$1" ] || seeds=("fuzz/seeds/$1")
    SEETHRU_FUZZ=$1 "fuzz/target/$host/$profile/any" "fuzz/corpus/$1" "${seeds[@]}" -max_total_time="$seconds" \
        -rss_limit_mb=2048 -timeout=10 -artifact_prefix="fuzz/artifacts/$1/" -print_final_stats=1 >"$TMPDIR/$1.log" 2>&1
}

failed() { touch "$TMPDIR/$1.failed"; }

for target in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
    (run "$target" || failed "$target") &
done
wait

status=0
for target in "${targets[@]}"; do
    log=$TMPDIR/$target.log
    if [ -e "$TMPDIR/$target.failed" ]; then
        tail -n 60 "$log"
        echo "fuzz: $target: an input failed, and is in fuzz/artifacts/$target: see CONTRIBUTING.md" >&2
        status=1
    else
        echo "fuzz: $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s"
    fi
done
exit "$status"
