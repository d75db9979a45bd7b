#!/usr/bin/env bash
# Installs what is missing to build (`setup.sh build`) or also to test (`setup.sh test`) on
# Debian and Ubuntu. Quickly does nothing if everything is there.
set -euo pipefail

packages=(
    build-essential pkg-config curl ca-certificates clang libclang-dev
    libavcodec-dev libavformat-dev libavutil-dev libswscale-dev ffmpeg
)
wanted=()
case "${1:-build}" in
    build) ;;
    # The pages are tested in Chromium, for which Ubuntu has no package: those tests are skipped there.
    test)
        packages+=(liblemon-dev libopenblas-dev); wanted+=(chromium)
        # The compilers of the kernels come from PyPI.
        python3 -m pip --version >/dev/null 2>&1 || packages+=(python3 python3-pip)
        ;;
    *) echo "usage: setup.sh [build|test]" >&2; exit 2 ;;
esac

# The oldest toolchain that builds this, from the manifest.
needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        echo "setup: run as root, or install sudo, to install: ${missing[*]}" >&2
        exit 1
    fi
}

# Whether the Rust compiler on the path is at least as new as the manifest asks.
rust_is_new_enough() {
    command -v cargo >/dev/null && command -v rustc >/dev/null || return 1
    local have
    have=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n' "$needed" "$have" | sort -V | head -n1)" = "$needed" ]
}

is_installed() {
    local status
    status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null || true)
    [ "${status:0:2}" = ii ]
}

missing=()
if command -v dpkg-query >/dev/null; then
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    for package in "${wanted[@]}"; do
        is_installed "$package" || [ -n "$(apt-cache policy "$package" 2>/dev/null)" ] || stale=yes
    done
    if [ ${#missing[@]} -gt 0 ] || [ "${stale:-no}" = yes ]; then
        as_root apt-get update -qq
    fi
    for package in "${wanted[@]}"; do
        is_installed "$package" && continue
        if apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then
            missing+=("$package")
        else
            echo "setup: there is no package $package here; tests that need it are skipped"
        fi
    done
    if [ ${#missing[@]} -gt 0 ]; then
        echo "setup: installing ${missing[*]}"
        as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"
    fi
elif ! pkg-config --exists libavcodec libavformat libavutil libswscale; then
    echo "setup: this is not Debian or Ubuntu; install FFmpeg's development files, clang and pkg-config" >&2
    exit 1
fi

if ! rust_is_new_enough; then
    if command -v rustup >/dev/null; then
        echo "setup: updating Rust to $needed or later"
        rustup toolchain install stable --profile minimal --component rustfmt,clippy
        rustup default stable
    else
        echo "setup: installing Rust"
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --profile minimal --component rustfmt --component clippy
    fi
fi

if [ "${1:-build}" = test ] && ! cargo nextest --version >/dev/null 2>&1; then
    echo "setup: installing cargo-nextest"
    cargo install cargo-nextest --locked
fi
