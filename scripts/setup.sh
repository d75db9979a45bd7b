#!/usr/bin/env bash
# Installs what is missing on Debian and Ubuntu to
#     setup.sh build     build the program
#     setup.sh test      also test it
#     setup.sh lint      also check style, licenses and dependencies
# Quickly does nothing if everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."
# rustup and `cargo install` put programs here, which a shell opened earlier does not know yet.
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

fail() { echo "setup: $*" >&2; exit 1; }

packages=(
    build-essential pkg-config curl ca-certificates clang libclang-dev
    libavcodec-dev libavfilter-dev libavformat-dev libavutil-dev libswscale-dev ffmpeg
)
# The pages are tested in Chromium, for which Ubuntu has no package: those tests are skipped there.
optional=()
tools=()
case "${1:-build}" in
    build) ;;
    test)
        packages+=(liblemon-dev libopenblas-dev)
        optional+=(chromium)
        tools+=(cargo-nextest)
        # The compilers of the kernels come from PyPI.
        python3 -m pip --version >/dev/null 2>&1 || packages+=(python3 python3-pip)
        ;;
    lint) tools+=(cargo-deny) ;;
    *) echo "usage: setup.sh [build|test|lint]" >&2; exit 2 ;;
esac

# The oldest Rust that builds this, from the manifest.
needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

can_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

is_installed() {
    local status
    status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null || true)
    [ "${status:0:2}" = ii ]
}

# Whether apt knows the package: nothing at all before the first `apt-get update`.
is_known() { [ -n "$(apt-cache policy "$1" 2>/dev/null)" ]; }
# To the end of what apt says: with `grep -q`, apt would die of a closed pipe, and `pipefail` take that for its answer.
is_available() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null; }

install_packages() {
    local missing=() absent=() package updated=no
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    for package in "${optional[@]}"; do
        is_installed "$package" || absent+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || [ ${#absent[@]} -gt 0 ] || return 0
    if ! can_be_root; then
        [ ${#missing[@]} -eq 0 ] ||
            fail "these packages are missing, and neither root nor sudo is there to install them: ${missing[*]}"
        echo "setup: without ${absent[*]}, which takes root to install, some tests are skipped"
        return 0
    fi
    if [ ${#missing[@]} -gt 0 ] || ! is_known "${absent[0]}"; then
        as_root apt-get update -qq || fail "apt-get update failed: is there a network?"
    fi
    for package in "${absent[@]}"; do
        if is_available "$package"; then
            missing+=("$package")
        else
            echo "setup: there is no package $package here; tests that need it are skipped"
        fi
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "setup: installing ${missing[*]}"
    as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
        fail "apt-get cannot install ${missing[*]}: is there a network?"
}

# Whether the Rust compiler on the path is at least as new as the manifest asks.
rust_is_new_enough() {
    command -v cargo >/dev/null && command -v rustc >/dev/null || return 1
    local have
    have=$(rustc --version 2>/dev/null | cut -d' ' -f2)
    [ -n "$have" ] && [ "$(printf '%s\n' "$needed" "$have" | sort -V | head -n1)" = "$needed" ]
}

# Debian's own Rust is older than the manifest asks (1.85 in Debian 13): rustup's stable is taken.
install_rust() {
    local remedy="install Rust $needed or later (https://rustup.rs) and run this again"
    if command -v rustup >/dev/null; then
        echo "setup: updating Rust to $needed or later"
        rustup toolchain install stable --profile minimal --component rustfmt,clippy ||
            fail "rustup cannot install the stable toolchain: $remedy"
        # For this folder alone; the toolchain used elsewhere stays as it is.
        rustup override set stable
    else
        echo "setup: installing Rust"
        installer=$(mktemp)
        trap 'rm -f "$installer"' EXIT
        # What sh.rustup.rs serves, from the host that the toolchain comes from too.
        curl --proto '=https' --tlsv1.2 -sSf -o "$installer" https://static.rust-lang.org/rustup/rustup-init.sh ||
            fail "the Rust installer cannot be downloaded: $remedy"
        sh "$installer" -y --profile minimal --component rustfmt --component clippy ||
            fail "the Rust installer failed: $remedy"
    fi
    hash -r
    rust_is_new_enough || fail "Rust is still older than $needed: $remedy"
}

install_tools() {
    local tool
    for tool in "${tools[@]}"; do
        command -v "$tool" >/dev/null && continue
        echo "setup: installing $tool (some minutes)"
        cargo install "$tool" --locked || fail "cargo cannot install $tool"
    done
}

if command -v dpkg-query >/dev/null; then
    install_packages
elif ! pkg-config --exists libavcodec libavfilter libavformat libavutil libswscale; then
    fail "not Debian or Ubuntu: install FFmpeg's development files, clang and pkg-config, and run this again"
fi
rust_is_new_enough || install_rust
install_tools
