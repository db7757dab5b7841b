# run      installs what is missing, builds, and opens the demo for an annotator and a lead
# test     installs what is missing and runs every check and test, the real window included
# bench    runs the benchmarks and writes target/bench.json
# package  builds installable packages into target/release/bundle
# types    writes the TypeScript of the window's contract
# check    the quick checks: formatting, lints, licences, arrows
# fmt      formats the code
.PHONY: run test bench package types check fmt setup

setup:
	@scripts/setup

run: setup
	@scripts/run

test: setup
	@scripts/test

bench: setup
	@scripts/bench

package: setup
	@scripts/package

types:
	ABOX_WRITE_TYPES=1 cargo test --quiet -p abox-workbench typescript

check: setup
	@scripts/check

fmt:
	cargo fmt --all
