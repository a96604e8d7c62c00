.DEFAULT_GOAL := help
export GOFLAGS := -tags=duckdb_arrow
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo dev)
PEOPLE ?= 2800

.PHONY: mesh help build release run test year trino bench bench-linkage check conformance screenshot
help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/careshare
	@go build -trimpath -ldflags "-X careshare/pipeline/flow.Version=$(VERSION)" -o bin/careshare .

release: ## dist/: stripped program, Debian package, SBOM, notices, man pages
	@schedules/packaging/release

run: build ## make the demo borough, run the pipeline on it, show the summary (PEOPLE=2800)
	@bin/careshare demo --people $(PEOPLE) --to demo

test: ## everything: sets up what is missing, then vet, gofmt, staticcheck and the tests with the race detector, shuffled
	@.ci/test

check: ## vet, gofmt, staticcheck
	@test -z "$$(gofmt -l .)" || { echo "gofmt these:"; gofmt -l .; exit 1; }
	go vet ./...
	go vet -tags duckdb_arrow,trino ./pipeline
	go tool staticcheck ./...

trino: ## every model on Trino, too, its rows held against DuckDB's (fetches Trino, 0.8 GB; Java 24 or later)
	go test -tags duckdb_arrow,trino -run TestModelsOnTrino -v -count=1 -timeout 60m ./pipeline

bench: ## ratios to a floor measured in the same run (PEOPLE=28000)
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./...

mesh: ## one demo day through the MESH sandbox of NHS England (fetches mesh-sandbox)
	go test -run MESH -v -count=1 ./pipeline ./extract/mesh/...

year: ## a simulated year of daily CP-IS runs, killed at random (DAYS=365)
	CPIS_DAYS=$${DAYS:-365} go test -run TestDaysOfCPIS -v -count=1 -timeout 300m ./pipeline

bench-linkage: ## linkage against a bare Jaro-Winkler join (LINK_PEOPLE=100000), and recall by naming tradition (EQUITY_EACH=2000)
	go test -run '^$$' -bench 'Link|Equity' -benchtime 1x -timeout 60m ./transform/linkage

conformance: ## SQL-on-FHIR v2: run the standard's suite and write out/test-report.json
	@mkdir -p out
	go test ./extract/fhir -run TestConformance -count=1 -args -report $(CURDIR)/out/test-report.json

screenshot: run ## the README's picture of the managers' pack (needs chromium)
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=0.7 --window-size=1000,1600 --screenshot=$(CURDIR)/reports/managers-pack.png \
		file://$(CURDIR)/demo/lake/current/reports/managers-pack/managers-pack-month.html
