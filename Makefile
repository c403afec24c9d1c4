# make run     a working bot with the sample knowledge base
# make test    everything: installs what is missing, then checks and tests (README)
# make check   only formatting, vet and staticcheck
# make bench   benchmarks, ratios side by side in one run
# make prove   the long proofs: fuzzing, races over and over, real data if it is at hand

GO        ?= go
PACKAGES  := ./...
FUZZTIME  ?= 30s

.PHONY: run test check setup browser-modules race bench prove

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
	@WENDA_TEST_SERVERS=required $(GO) test -race -timeout 20m $(PACKAGES)

bench:
	@$(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

prove: setup check browser-modules
	@echo "== every test three times, with races"
	@WENDA_TEST_SERVERS=required $(GO) test -race -count 3 -timeout 60m $(PACKAGES)
	@echo "== fuzzing, $(FUZZTIME) a target"
	@for package in $$($(GO) list $(PACKAGES)); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "-- $$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	  done; done
