# The two commands of the README are `make run` and `make test`; all that this file does is to call
# CMake and the scripts that do the work.

PREFIX ?= /usr/local
JOBS ?= $(shell n=$$(nproc); echo $$((n < 2 ? n : 2)))
BUILD = .ci/build $(JOBS)

export DESTDIR

.PHONY: run test build install deb bench bench-python bench-fleet compare faults deploy-test fuzz soak format clean help

run: build         ## build, then load a target of our own with the quickstart for some seconds
	@.ci/quickstart build/release

test:              ## build, then run every test; the last line says how many passed and failed
	@.ci/packages build test web package deploy
	@command -v npm >/dev/null || .ci/packages npm
	@.ci/test --jobs $(JOBS)

build:             ## the program, in build/release
	@.ci/packages build
	@$(BUILD) release -DSWARM_TESTS=OFF

install: build     ## into PREFIX (/usr/local), below DESTDIR if that is given
	@cmake --install build/release --prefix $(PREFIX)

deb:               ## a Debian package, in build/package
	@.ci/packages build package
	@command -v npm >/dev/null || .ci/packages npm
	@$(BUILD) release -DSWARM_TESTS=OFF
	@cpack --config build/release/CPackConfig.cmake -B build/package

# Other arguments than --quick choose points of the first bench.
bench:             ## the measurements of docs/benchmarks*.md; ARGS="--quick" for a look
	@.ci/packages build bench
	@$(BUILD) bench
	@tests/bench/run $(ARGS)
	@$(if $(filter-out --quick,$(ARGS)),,$(MAKE) -s bench-fleet bench-python)

bench-python:      ## those of docs/benchmarks-python.md alone
	@.ci/packages build bench
	@$(BUILD) bench
	@tests/bench/peers
	@tests/bench/run_python $(ARGS)

compare: build     ## locustfiles under real Locusts and under swarm, live
	@tests/peers
	@tests/locustfiles/compare.py --all $(ARGS)

deploy-test: deb   ## the package and the image in a bare Debian, and by an engine if there is one; half an hour
	@.ci/packages test deploy bare
	@tests/deploy/tools
	@/usr/bin/python3 -m pytest -q -rs -p no:cacheprovider tests/deploy

fuzz:              ## every fuzz target, SECONDS (600) each
	@.ci/packages build fuzz
	@$(BUILD) fuzz -- fuzz_targets
	@tests/fuzz/run $(or $(SECONDS),600)

faults: build      ## what a run survives on a wire and with processes that fail; takes ten minutes
	@.ci/packages test
	@/usr/bin/python3 -m pytest -q -p no:cacheprovider tests/faults

bench-fleet:       ## those of docs/benchmarks-fleet.md alone
	@.ci/packages build bench
	@$(BUILD) bench
	@tests/peers
	@tests/bench/run_fleet $(ARGS)

soak: build        ## a long run with its rate, count and memory checked; MINUTES (60)
	@tests/e2e/soak $(or $(MINUTES),60)

format:            ## all C++ sources, in place
	@.ci/packages test
	@/usr/bin/python3 tests/arch/format.py --fix

clean:             ## everything that was built
	rm -rf build

help:              ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18
