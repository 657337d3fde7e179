# Everything a developer or an operator types. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
export PYTHON
BIN := .venv/bin
# What only tests need: a browser that reads reports, a second kernel that builds run on, the
# servers of a service on many machines.
TEST_PACKAGES := chromium runsc postgresql redis-server
INSTALLED := .venv/.installed
HOSTILE := -n 2 --dist worksteal tests/hostile
# ARGS may choose tests that are all of the other kind: nothing to run (5) is then no failure.
pytest = $(BIN)/pytest $(1) $(ARGS) || { code=$$?; [ $$code = 5 ] && [ -n '$(ARGS)' ] || exit $$code; }

.PHONY: help setup engine images all-images demo test check bench hostile qualify clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

$(INSTALLED): pyproject.toml worker/host/venv.sh
	@bash worker/host/venv.sh .venv
	@touch $@

setup: images ## Install everything: virtual environment, Docker Engine, base images

engine: ## Make sure a Docker Engine answers (one that does is left alone)
	@bash worker/host/engine.sh

images: $(INSTALLED) engine ## Make or pull the base images that are missing
	@$(BIN)/python -m worker.images

demo: setup ## Grade a real repository and show the report
	@$(BIN)/grader demo

all-images: setup
	@$(BIN)/python -m worker.images --all

test: all-images ## Run all tests, against the real engine
	@bash worker/host/packages.sh $(TEST_PACKAGES)
	@$(call pytest,-n 3 --dist worksteal -m "not engine and not alone")
	@$(call pytest,-n 2 --dist worksteal -m "engine and not alone")
	@$(call pytest,-m alone)

check: $(INSTALLED) ## Lint, format check, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup ## Print the benchmark table and write build/bench.json
	@$(BIN)/python -m tests.bench $(ARGS)

hostile: all-images ## Grade every hostile submission and write build/hostile.json
	@$(call pytest,$(HOSTILE))

qualify: setup ## Prove every harness with its samples
	@$(BIN)/grader qualify --json build/qualification.json $(ARGS)

clean: ## Remove what the targets made here; the engine and its images stay
	@rm -rf .venv .venv.lock build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
