# make run     a working bot with the sample knowledge base
# make test    everything: installs what is missing, then checks and tests (README)
# make check   only formatting, vet and staticcheck
# make encoder teach the shipped encoder anew, after a change of corpus, segmenter or sample base (2 minutes)
# make bench   what a message, a connection, a flood, a match and a publish cost, beside echo, floor and plain search (20 minutes)
# make microbench  the benchmarks of single packages
# make prove   sessions lose nothing: 20,000 messages, 60 faults, and every mutant caught (up to 15 minutes)
# make soak    the same for long: FOR=30m
# make stress  every test three times with races, then fuzzing

GO        ?= go
PACKAGES  := ./...
FUZZTIME  ?= 30s
FOR       ?= 30m
FAULTS    ?= 600
SEED      ?= 0

# How tests run that watch for races. SQLite is C that was translated into Go: watching every
# access in it took most of the time and finds nothing of ours; the driver above it is watched.
UNWATCHED := -race=false -d=checkptr=0
WATCHED   := -race -gcflags='modernc.org/sqlite/lib=$(UNWATCHED)' -gcflags='modernc.org/libc/...=$(UNWATCHED)' -gcflags='modernc.org/memory=$(UNWATCHED)'
# They were vetted by check. Those that take longest begin first, so that none of them runs
# alone at the end; one more than there are processors, for they wait a lot.
LONGEST   := ./cmd/wenda ./bot/gateway ./knowledge/match ./bot ./sessions/sqlstore
ORDERED    = $(if $(filter ./...,$(PACKAGES)),$(LONGEST)) $(PACKAGES)
BESIDE    := -p $(shell echo $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1)))
# Temporary files are in memory, if there is room.
SWIFTLY   := sh internal/testbed/swiftly.sh

.PHONY: run test check setup browser-modules race encoder bench microbench prove soak stress

run:
	$(GO) run ./cmd/wenda serve

test: setup check browser-modules race

setup:
	@sh internal/testbed/install.sh

check:
	@echo "== formatting"; files=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$files" || { echo "gofmt would change:"; echo "$$files"; exit 1; }
	@echo "== go vet (the first run compiles every library: some minutes)"
	@$(GO) vet $(PACKAGES)
	@echo "== staticcheck"
	@$(GO) tool staticcheck $(PACKAGES)

browser-modules:
	@echo "== browser driver"; cd cmd/wenda/browser && npm ci --ignore-scripts --no-audit --no-fund --silent

race:
	@echo "== go test -race, with real Redis, PostgreSQL and Chromium"
	@WENDA_TEST_SERVERS=required $(SWIFTLY) $(GO) test $(WATCHED) $(BESIDE) -vet=off -timeout 40m $(ORDERED)

# The second learns on top of the first.
encoder:
	@$(GO) generate ./knowledge/corpus
	@$(GO) generate ./knowledge/sample

# BENCH=--quick is a first look; --only turns (idle, frames, crowd, overload, match, publish, node) is one part.
bench: setup
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && $(GO) build -o "$$dir/" ./cmd/wenda ./cmd/loadtest && "$$dir/loadtest" bench --json bench.json $(BENCH)

microbench:
	@$(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

prove: setup
	@echo "== proof: customers and agents, faults, a judge; then the same with Wenda broken on purpose"
	@WENDA_PROVE=1 WENDA_TEST_SERVERS=required $(GO) test ./cmd/loadtest -run 'TestProve' -v -timeout 20m
	@echo "== the same tests as in make test, at full size; those of the commands wait a lot, so they run beside"
	@export WENDA_PROVE=1 WENDA_TEST_SERVERS=required; \
	  $(GO) test ./cmd/wenda ./cmd/loadtest/bench -run 'TestUpgrade|TestPulledCable|TestAgainstTheProduct' -timeout 20m & commands=$$!; \
	  $(GO) test ./bot ./sessions/... ./knowledge/base -timeout 20m; packages=$$?; wait $$commands && exit $$packages

# FAULTS of them spread over FOR. The seed is printed at the beginning, the report at
# the end; SEED=… plays the same people and faults again.
soak: setup
	@$(GO) run ./cmd/loadtest run --nodes 3 --sql postgres --redis single --messages 0 --for $(FOR) --customers 150 --agents 15 \
	  --faults $(FAULTS) --seed $(SEED)

stress: setup check browser-modules
	@echo "== every test three times, with races"
	@WENDA_TEST_SERVERS=required $(SWIFTLY) $(GO) test $(WATCHED) $(BESIDE) -vet=off -count 3 -timeout 60m $(ORDERED)
	@echo "== fuzzing, $(FUZZTIME) a target"
	@for package in $$($(GO) list $(PACKAGES)); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "-- $$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	  done; done
