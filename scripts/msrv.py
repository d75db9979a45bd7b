#!/usr/bin/env python3
"""Is the Rust that Cargo.toml names as the oldest enough?

Compares it with what each dependency of Cargo.lock states, then compiles the program, the tests, the benches and the
examples with that very Rust, without a warning. Where it is the usual one every other check has done so.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def version(text):
    return tuple(int(part) for part in (text.split(".") + ["0", "0"])[:3])


def packages():
    command = ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    ours = set(found["workspace_members"])
    split = {True: [], False: []}
    for package in found["packages"]:
        split[package["id"] in ours].append(package)
    return split[True], split[False]


def usual():
    return subprocess.run(["rustc", "--version"], check=True, capture_output=True, text=True).stdout.split()[1]


def main():
    members, dependencies = packages()
    oldest = {package["rust_version"] for package in members}
    if len(oldest) != 1 or None in oldest:
        sys.exit("msrv: each member takes rust-version from the workspace: rust-version.workspace = true")
    oldest = oldest.pop()
    stating = [package for package in dependencies if package["rust_version"]]
    newer = [
        f"{package['name']} {package['version']} needs {package['rust_version']}"
        for package in stating
        if version(package["rust_version"]) > version(oldest)
    ]
    if newer:
        sys.exit(f"msrv: Cargo.toml says Rust {oldest}, but {', '.join(sorted(newer))}")
    print(f"msrv: of {len(dependencies)} dependencies {len(stating)} state the Rust they need, none above {oldest}")
    if version(usual())[:2] == version(oldest)[:2]:
        print(f"msrv: Rust {oldest} is the one in use: `make clippy` and `make test` compile everything with it")
        return
    install = ["rustup", "toolchain", "install", oldest, "--profile", "minimal", "--no-self-update"]
    if subprocess.run(install, cwd=ROOT).returncode != 0:
        print(f"msrv: skipped: Rust {oldest} is not here and cannot be installed")
        return
    # Of the profile release: dev would optimize build scripts and macros. In a folder of its own: this compiler and these
    # flags would drive out what is there.
    check = ["rustup", "run", oldest, "cargo", "check", "--locked", "--release", "--target-dir", "target/msrv"]
    strict = {**os.environ, "RUSTFLAGS": "-D warnings"}
    for features in [["--all-targets"], ["--no-default-features"], ["--no-default-features", "--features", "cuda"]]:
        if subprocess.run(check + features, cwd=ROOT, env=strict).returncode != 0:
            sys.exit(f"msrv: {' '.join(features)} does not compile with Rust {oldest}")
    print(f"msrv: all targets compile with Rust {oldest}, and the library without default features and with cuda")


if __name__ == "__main__":
    main()
