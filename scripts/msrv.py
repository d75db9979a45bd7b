#!/usr/bin/env python3
"""Does the library build with the Rust that Cargo.toml names as the oldest, without default features and with cuda, without
a warning?

Compares it with what each dependency of Cargo.lock states, those of the program included, then compiles the library
with that very Rust where rustup can install it, with the usual one where not. With --all-targets the program, the
tests, the benches and the examples are compiled as well.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

FEATURES = ["", "cuda"]
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


def has_toolchain(name):
    if shutil.which("rustup") is None:
        return False
    if subprocess.run(["rustup", "run", name, "rustc", "--version"], capture_output=True).returncode == 0:
        return True
    install = ["rustup", "toolchain", "install", name, "--profile", "minimal", "--no-self-update"]
    return subprocess.run(install, capture_output=True).returncode == 0


def main():
    if sys.argv[1:] not in ([], ["--all-targets"]):
        sys.exit("usage: msrv.py [--all-targets]")
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
    # Of the profile release: dev would optimize build scripts and macros.
    check = ["cargo", "check", "--locked", "--release", "--target-dir", "target/msrv"]
    if has_toolchain(oldest):
        check = ["rustup", "run", oldest] + check
        compiler = f"Rust {oldest}"
    else:
        print(f"msrv: skipped: Rust {oldest} is not here and cannot be installed: compiling with the usual one")
        compiler = "the usual Rust"
    # In a folder of its own: these flags and this compiler would drive out what is there.
    strict = {**os.environ, "RUSTFLAGS": "-D warnings"}
    runs = [["--no-default-features", "--features", features] for features in FEATURES]
    if sys.argv[1:] == ["--all-targets"]:
        runs.append(["--all-targets"])
    for run in runs:
        if subprocess.run(check + run, cwd=ROOT, env=strict).returncode != 0:
            sys.exit(f"msrv: {' '.join(run)} does not compile with {compiler}")
        print(f"msrv: {' '.join(run)} compiles with {compiler}")


if __name__ == "__main__":
    main()
