# From a fresh Debian or Ubuntu: `make demo`. Each target installs what it lacks first.

SHELL := /bin/bash
# rustup puts cargo here, which a shell opened earlier does not know yet.
export PATH := $(HOME)/.cargo/bin:$(PATH)

.PHONY: demo build test lint bench setup setup-test

demo: build
	@mkdir -p out
	target/release/seethru samples/wavy.mp4 -o out/demo.png
	@echo "The picture is out/demo.png; samples/truth.png is what it should look like."

build: setup
	cargo build --release

test: setup-test
	cargo nextest run
	cargo test --doc

lint: setup
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

bench: setup-test
	cargo bench

setup:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test
