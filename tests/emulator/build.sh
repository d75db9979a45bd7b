#!/usr/bin/env bash
# Compiles the kernels of cuda/ and the emulated driver into FOLDER/75/libcuda.so and FOLDER/80/libcuda.so,
# one for each set of instructions. Does nothing if they are newer than all sources.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)
# Tests that run side by side may ask for it together: one builds, the others wait.
exec 9>"$folder/lock"
flock 9
cd "$here/../.."
newest=$(ls -t "$here"/* cuda/*.cu cuda/*.cuh | head -n1)
build() {
    local arch=$1 library="$folder/$1/libcuda.so" sources kernel stem source
    [ "$library" -nt "$newest" ] && return
    mkdir -p "$folder/$arch"
    sources=()
    for kernel in cuda/*.cu; do
        stem=$(basename "$kernel" .cu)
        source="$folder/$arch/$stem.cpp"
        {
            echo "#include \"$here/device.h\""
            echo "#include \"$PWD/$kernel\""
            sed -nE 's/^extern "C" __global__ void (__launch_bounds__\([0-9, ]+\) )?([a-z0-9_]+)\(.*/EMULATED_KERNEL(\2)/p' "$kernel"
        } >"$source"
        sources+=("$source")
    done
    # Fibers switch stacks, so there must be no red zone.
    "${CXX:-c++}" -std=c++17 -O2 -g1 -fPIC -shared -pthread -mno-red-zone -fno-strict-aliasing -ffp-contract=off \
        -D__CUDA_ARCH__="${arch}0" -Icuda -I"$here" \
        -o "$library.new" "${sources[@]}" "$here/fibers.cpp" "$here/driver.cpp"
    mv "$library.new" "$library"
}

build 75 &
build 80
wait $!
