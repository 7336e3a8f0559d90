# Copydesk: the two commands of the README are `make run` and `make test`.
# All other commands are for contributors; `make help` lists them.

CARGO ?= cargo
OUT ?= out
# Where cargo builds.
BUILT := $(or $(CARGO_TARGET_DIR),target)
.DEFAULT_GOAL := help

.PHONY: help
help: ## Lists the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

.PHONY: system-packages
system-packages: ## Names missing system packages (Debian and derivatives); INSTALL=1 installs them
	@scripts/system-packages $(if $(INSTALL),--install)

.PHONY: run
run: system-packages ## Builds Copydesk and opens it on the sample articles
	$(CARGO) build --profile quick --locked
	@scripts/run $(BUILT)/quick/copydesk $(OUT)

.PHONY: install-desktop
install-desktop: system-packages ## Adds Copydesk to the desktop menu and opens *.copydesk files with it: PREFIX=~/.local
	$(CARGO) build --release --locked
	@scripts/install-desktop $(BUILT)/release/copydesk $(PREFIX)

.PHONY: test
test: system-packages ## Runs all tests
	$(CARGO) test --locked --features ui-tests

.PHONY: check
check: ## Runs the fast checks before a commit: format, clippy, unit tests, architecture, vocabulary, docs
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --features ui-tests --all-targets -- -D warnings
	$(CARGO) test --locked --features ui-tests --lib
	$(CARGO) test --locked --features ui-tests --test it -- architecture:: vocabulary:: docs::

.PHONY: deny
deny: ## Checks licences, advisories and duplicates of the dependencies (needs cargo-deny)
	@command -v cargo-deny >/dev/null || { echo "make deny: cargo-deny is missing; install it with: cargo install --locked cargo-deny" >&2; exit 1; }
	$(CARGO) deny --locked check

.PHONY: docs
docs: ## Builds the documentation as a site into target/docs, and checks its links
	@scripts/docs

.PHONY: packages
packages: ## Builds all packages into target/packages; one of them: make wheel, deb, rpm, tarball, cli
	@scripts/package $(if $(PROFILE),--profile $(PROFILE)) all

.PHONY: wheel deb rpm tarball cli appimage
wheel deb rpm tarball cli appimage:
	@scripts/package $(if $(PROFILE),--profile $(PROFILE)) $@

.PHONY: licences
licences: ## Lists the crates of the build and their licences anew, for F1 in the window
	scripts/third_party.py list >assets/licences/crates.txt

.PHONY: fuzz
fuzz: system-packages ## Runs the fuzz targets, one after the other: SECONDS=60 TARGETS="readers codec"
	@scripts/fuzz $(or $(SECONDS),60) $(TARGETS)

.PHONY: fuzz-check
fuzz-check: system-packages ## Builds the fuzz targets, and tries what is in their corpus
	@scripts/fuzz 0 $(TARGETS)

.PHONY: lint
lint: ## Checks format, clippy and documentation
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --features ui-tests -- -D warnings
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --features ui-tests

.PHONY: core
core: ## Builds and tests without the window
	$(CARGO) test --locked --no-default-features

.PHONY: interop
interop: system-packages ## Tests each format with its real client (spaCy, datasets, cassis, …); installs a venv from PyPI
	$(CARGO) build --locked --no-default-features
	tests/interop/run $(BUILT)/debug/copydesk

.PHONY: interop-full
interop-full: ## Tests also with doccano, PySpark and Ray (two gigabytes; needs Java)
	$(CARGO) build --locked --no-default-features
	FULL=1 tests/interop/run $(BUILT)/debug/copydesk

.PHONY: session
session: system-packages ## Drives a real window by keys and mouse, and compares the result with the saved file
	$(CARGO) test --locked --features ui-tests --no-run # reuses the program that the tests built
	@scripts/session $(BUILT)/debug/copydesk $(OUT)

.PHONY: screenshots
screenshots: system-packages ## Makes the pictures of docs/views.md
	$(CARGO) test --locked --features ui-tests --no-run
	@scripts/screenshots $(BUILT)/debug docs/views

.PHONY: animation
animation: system-packages ## Makes the animation of the README
	$(CARGO) test --locked --features ui-tests --no-run
	@scripts/animation $(BUILT)/debug/copydesk docs/main-job.gif

.PHONY: crash
crash: system-packages ## Tests kills and power cuts for lost work: KILLS=1000 CUTS=300 SEED=1
	@scripts/crash $(or $(KILLS),300) $(or $(CUTS),300) $(or $(SEED),0)

.PHONY: team
team: system-packages ## Tests teams on PostgreSQL servers of its own: ARTICLES=1000 KILLS=60 MANY=200000
	@scripts/postgresql
	TEAM_SCALE=1 TEAM_SCALE_ARTICLES=$(or $(MANY),200000) TEAM_ARTICLES=$(or $(ARTICLES),1000) TEAM_KILLS=$(or $(KILLS),60) $(CARGO) test --locked --features ui-tests --test team -- --nocapture

.PHONY: bench
bench: system-packages ## Runs the benchmarks of docs/benchmarks.md
	$(CARGO) bench --locked
