#!/usr/bin/env python3
"""Does the library build with the Rust that Cargo.toml names as the oldest?

Compares it with what each dependency of Cargo.lock states, those of the program included, then compiles the library
with that very Rust where rustup has it or can install it; where not, says so and is content with the comparison.
With --all-targets the program, the tests, the benches and the examples are compiled as well.
"""

import json
import pathlib
import shutil
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
    if not has_toolchain(oldest):
        print(f"msrv: skipped: Rust {oldest} is not here and cannot be installed, so nothing was compiled with it")
        return
    # In a folder of its own: it would drive out what the newer compiler made.
    check = ["rustup", "run", oldest, "cargo", "check", "--locked", "--target-dir", "target/msrv"]
    everything = sys.argv[1:] == ["--all-targets"]
    check += ["--all-targets"] if everything else ["--no-default-features", "--features", "cuda"]
    if subprocess.run(check, cwd=ROOT).returncode != 0:
        sys.exit(f"msrv: does not compile with Rust {oldest}")
    print(f"msrv: {'everything' if everything else 'the library'} compiles with Rust {oldest}")


if __name__ == "__main__":
    main()
