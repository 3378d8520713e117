# Two commands matter: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test proofs audit setup check faults race bench bench-analytics smoke messages lock

# The first Python that really runs and is new enough.
PYTHON := $(firstword $(foreach p,python3.13 python3.12 python3.11 python3,$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
BIN := .venv/bin
PY := $(BIN)/python
PORT ?= 8000
export PORT
# Letters and the admin speak English.
UNTRANSLATED := .venv tests tools benchmarks analytics old_shop templates/letters templates/admin templates/staff templates/styleguide.html
WORKERS := -n 2 --dist worksteal

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

define install
	@test -n "$(PYTHON)" || { echo "Unity needs Python 3.11 or later (python3)."; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing: install python3-venv."; exit 1; }
	@$(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install -q --disable-pip-version-check uv==0.13.9 || true
	@$(PY) -m uv pip install -q --python $(PY) -r $(1) 2>/dev/null || $(PY) -m pip install -q --disable-pip-version-check -r $(1)
	@touch $@
endef

.venv/.runtime: requirements.lock
	$(call install,requirements.lock)

.venv/.everything: requirements.lock requirements-dev.lock
	$(call install,requirements-dev.lock)
	@touch .venv/.runtime

setup: .venv/.everything ## install everything into .venv, and only that

run: .venv/.runtime ## the shop with its demo at http://127.0.0.1:8000 (PORT changes it)
	@$(PY) tools/serve.py

# Worker processes take each other's tests over, so that none ends long before the other.
define suite
	@$(PY) manage.py build_static >/dev/null
	@echo "== $(1), SQLite" && env -u TEST_DATABASE_URL $(BIN)/pytest -q $(WORKERS) -m "$(1) and not audit" $(ARGS)
	@echo "== $(1), PostgreSQL" && $(PY) tools/with_pg.py $(BIN)/pytest -q $(WORKERS) -m "$(1) and not audit" $(ARGS)
endef

test: .venv/.everything ## the suite but for the slow proofs, on SQLite and on a throwaway PostgreSQL
	$(call suite,not slow)
	@echo "The suite passed on SQLite and on PostgreSQL. The slow proofs are in \`make proofs\`, the pages in \`make audit\`."

proofs: .venv/.everything ## journeys, all pages as everybody, processes that race and are killed; on both databases
	$(call suite,slow)
	@echo "The proofs passed on SQLite and on PostgreSQL."

audit: .venv/.everything ## every page in every state in a browser (axe, keyboard, widths), then Lighthouse
	@$(PY) manage.py build_static >/dev/null
	$(BIN)/pytest -q $(WORKERS) -m audit tests/audit $(ARGS)
	$(PY) -m benchmarks.lighthouse

check: .venv/.everything ## lint, format, types, imports, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING

smoke: .venv/.everything ## a person buys a piece in a real browser
	@$(PY) manage.py build_static >/dev/null
	$(BIN)/pytest -q tests/browser $(ARGS)

faults: .venv/.everything ## break the guards of buying in, and say which the property test does not notice (long)
	$(PY) -m tools.faults $(ARGS)

race: .venv/.everything ## prove over HTTP that one piece is sold once
	$(PY) -m benchmarks.race

bench: .venv/.everything ## requests per second and p95 at 2,000 and 50,000 products
	$(PY) -m benchmarks.bench

bench-analytics: .venv/.everything ## counting at 10 million events (QUICK=1: one million)
	$(PY) -m benchmarks.counting

messages: .venv/.everything ## gather the texts of pages for translation, and compile what is translated (GNU gettext)
	$(PY) manage.py makemessages --all --no-wrap --add-location file --no-obsolete --extension html,py $(foreach p,$(UNTRANSLATED),--ignore $(p))
	$(PY) manage.py compilemessages --ignore .venv

lock: .venv/.everything ## pin everything anew after a change of requirements*.txt
	$(PY) -m uv pip compile -q --universal --python-version 3.11 --no-header --no-emit-index-url requirements.txt -o requirements.lock
	$(PY) -m uv pip compile -q --universal --python-version 3.11 --no-header --no-emit-index-url requirements-dev.txt -c requirements.lock -o requirements-dev.lock
