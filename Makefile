# Copydesk: the two commands of the README are `make run` and `make test`.
# Everything else here is for those who work on it; `make help` lists it.

CARGO ?= cargo
OUT ?= out
# Where cargo builds.
BUILT := $(or $(CARGO_TARGET_DIR),target)
.DEFAULT_GOAL := help

.PHONY: help
help: ## Lists these
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

.PHONY: packages
packages: ## Installs the system packages, on Debian and its kin, if some are missing
	@scripts/packages

.PHONY: run
run: packages ## Builds Copydesk and opens it on the sample articles
	$(CARGO) build --release --locked
	@scripts/run $(BUILT)/release/copydesk $(OUT)

.PHONY: install-desktop
install-desktop: packages ## Puts Copydesk into the menu of the desktop, and *.copydesk files to it: PREFIX=~/.local
	$(CARGO) build --release --locked
	@scripts/install-desktop $(BUILT)/release/copydesk $(PREFIX)

.PHONY: test
test: packages ## Runs all tests
	$(CARGO) test --locked --features ui-tests

.PHONY: lint
lint: ## Format, clippy, documentation
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --features ui-tests -- -D warnings
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --features ui-tests

.PHONY: core
core: ## Builds and tests without the window
	$(CARGO) test --locked --no-default-features

.PHONY: interop
interop: packages ## Reads each export with the real client (spaCy, datasets, cassis, …), and back: takes a venv from PyPI
	$(CARGO) build --locked --no-default-features
	tests/interop/run $(BUILT)/debug/copydesk

.PHONY: interop-full
interop-full: ## The same with doccano, PySpark and Ray (two gigabytes; wants a Java)
	$(CARGO) build --locked --no-default-features
	FULL=1 tests/interop/run $(BUILT)/debug/copydesk

.PHONY: session
session: packages ## A scripted session in a real window, driven by keys and mouse, and compared with what was saved
	$(CARGO) test --locked --features ui-tests --no-run # the program as the tests built it: nothing is built twice
	@scripts/session $(BUILT)/debug/copydesk $(OUT)

.PHONY: screenshots
screenshots: packages ## Pictures of each view, for the docs
	$(CARGO) test --locked --features ui-tests --no-run
	@scripts/screenshots $(BUILT)/debug docs/views

.PHONY: animation
animation: packages ## The main job as an animated picture, for the docs
	$(CARGO) test --locked --features ui-tests --no-run
	@scripts/animation $(BUILT)/debug/copydesk docs/main-job.gif

.PHONY: crash
crash: packages ## Kills of sessions, commands and the window, and power cuts: KILLS=1000 CUTS=300
	@scripts/crash $(or $(KILLS),300) $(or $(CUTS),300)

.PHONY: bench
bench: packages ## Benchmarks
	$(CARGO) bench --locked
