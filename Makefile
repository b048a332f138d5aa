# 窓口: every command a person needs. `make` alone shows them.
.DEFAULT_GOAL := help
.PHONY: help run demo install test check faults bench screenshots clean
MAKEFLAGS += --no-print-directory

MADOGUCHI := .venv/bin/madoguchi
T ?= tests --ignore=tests/bench

help: ## this list
	@printf '\n  \033[1m窓口 Madoguchi\033[0m  a city counter as durable workflows\n'
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n  \033[1m%s\033[0m\n", substr($$0, 5) } \
	      /^[a-z]+:.*## / { printf "    \033[36mmake %-12s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\n  The command line: \033[36m$(MADOGUCHI) --help\033[0m   Another program holds a port: \033[36mmake run MADOGUCHI_PORT_BASE=18000\033[0m\n\n'

##@ Run
run: install ## install what is missing, open the counter, drive one case; Ctrl-C closes it
	@$(MADOGUCHI) up

demo: install ## the same, but closes; succeeds only if the case was delivered and its PDF validated
	@$(MADOGUCHI) demo

##@ Change
test: install-test ## every test, or a part: make test T=tests/store
	@.venv/bin/pytest -n 2 --no-loadscope-reorder $(T)

check: install ## style, types, import contracts, templates, glossary, settings, documents
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/djlint ui --lint --quiet
	@.venv/bin/pytest -q tests/architecture

faults: install-test ## 200 cases while processes are killed and neighbours fail; then an independent checker (about 15 minutes)
	@rm -rf var/faults
	@.venv/bin/python -m faults

bench: install ## counts and costs per case, beside this machine's floor
	@.venv/bin/pytest tests/bench -s

screenshots: install-test ## the pages, as pictures under docs/screenshots
	@.venv/bin/madoguchi screenshots

##@ Keep
install: ## only install what is missing
	@./bootstrap.sh

clean: ## remove all that was installed or kept here, the database too
	@[ ! -e var/machine.lock ] || flock -n var/machine.lock true || { echo "✗ The counter is open: close it with Ctrl-C in its terminal first." >&2; exit 1; }
	@rm -rf var .venv node_modules ui/static/vendor

.PHONY: install-test
install-test:
	@./bootstrap.sh test
