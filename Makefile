# Every target is one line; what it does is in scripts/. `make help` lists them.

# The product and its tests need no C compiler. The race detector does: scripts/check turns it on for itself.
export CGO_ENABLED := 0

.DEFAULT_GOAL := help
.PHONY: help run tour test test-deep bench check lint fmt build openapi env access

##@ Run
run: ## start Jinlin with nothing configured: API, docs, WeChat sandbox, demo county
	@go run . serve

tour: ## play the county's day against the running server
	@go run . tour

##@ Test
test: ## every test, on SQLite and on a private MariaDB and Redis
	@scripts/with-servers scripts/test ./...

test-deep: ## also the long tests that kill processes and servers
	@scripts/with-servers --durable scripts/test -tags=deep -timeout=60m ./...

bench: ## the benchmarks, with every commit on disk; one makes a county of a million households (JINLIN_BENCH_HOUSEHOLDS)
	@scripts/with-servers --durable go test -run='^$$' -bench=. -benchmem -timeout=60m ./...

##@ Before a commit
check: ## formatting, lint, generated files, and every test under the race detector
	@scripts/check

lint: ## golangci-lint over the Go code, shellcheck over the scripts
	@scripts/lint

fmt: ## format the Go code
	@scripts/golangci-lint fmt

env: ## write .env.example anew from the settings
	@go run . env > .env.example

openapi: ## write api/openapi.yaml anew from the code
	@scripts/openapi

access: ## write service/access/table.md anew from the table
	@go test ./service/access -run=TestTheTableIsPrinted -write

##@ Ship
build: ## a static binary: bin/jinlin
	@scripts/build bin/jinlin

help: ## this list
	@awk -f scripts/help.awk $(firstword $(MAKEFILE_LIST))
