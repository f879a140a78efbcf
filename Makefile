# Everything starts here: `make run` learns digits, `make lab` opens the page, `make test` checks
# all, `make bench` races.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SOURCE := $(shell find src native CMakeLists.txt pyproject.toml -type f -not -name '*.pyc' 2>/dev/null)
# Versions and hashes of all that is installed; `make test PINS=` takes the newest of each instead.
PINS   ?= constraints.txt
PIP    := $(BIN)/python -m pip install --quiet
# Three on two cores, for a third of the time goes by in waiting for pages and processes. Each
# worker takes the next tests in their order, so that a module's server and browser are
# mostly started once, and takes over from the other in the end.
PYTEST := $(BIN)/python -m pytest -n 3 --dist worksteal

.PHONY: run lab test test-more test-torch check check-page soak bench bench-lab fuzz pins clean

run: $(VENV)/installed
	@$(BIN)/spusk train --out runs/first --overwrite

lab: $(VENV)/installed $(VENV)/needs-lab
	@$(BIN)/spusk lab

TESTED := $(VENV)/installed $(VENV)/needs-test

test: $(TESTED) $(VENV)/browser check
	$(PYTEST)

test-more: $(TESTED) $(VENV)/browser
	$(PYTEST) -m "more and not soak" -o timeout=600 -o faulthandler_timeout=900

test-torch: $(TESTED) $(VENV)/needs-torch
	$(BIN)/python -m pytest -m torch

check: $(TESTED) check-page
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32

# The page's types and style, where Node is here; where CI is set it has to be.
ifneq ($(shell command -v npm),)
check-page: node_modules/installed
	npm run --silent check
else
check-page:
	@echo "No npm here: the page's types and style are not checked."; test "$(CI)" != true
endif

LONG = -o timeout=7200 -o faulthandler_timeout=7500 --durations=0
soak: $(TESTED)
	$(BIN)/python -m pytest -m soak -v -rP $(LONG)
	$(BIN)/python -m pytest -m "hypothesis and not soak" --hypothesis-profile=long $(LONG)

bench: $(VENV)/installed $(VENV)/needs-bench
	$(BIN)/python -m benchmarks.run

bench-lab: $(TESTED) $(VENV)/browser
	$(BIN)/python -m benchmarks.lab --out docs

SECONDS = 60
fuzz: $(VENV)/installed $(VENV)/needs-fuzz
	$(BIN)/python -m fuzz formula $(SECONDS)
	$(BIN)/python -m fuzz readers $(SECONDS)

node_modules/installed: package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/made: $(PINS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "spusk needs Python 3.11 or newer, found $$($(PYTHON) --version); try make PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
ifeq ($(PINS),)
	@$(PIP) --upgrade pip
else
	@sed -n '/^pip==/,/[^\]$$/p' $(PINS) > $(VENV)/pip.txt
	@$(PIP) --require-hashes --requirement $(VENV)/pip.txt
endif
	@touch $@

$(VENV)/needs-%: $(VENV)/made pyproject.toml tools/needs.py
	@echo "Installing what is needed: $* …"
	@$(BIN)/python tools/needs.py $* > $@.txt
	@$(PIP) $(if $(PINS),--require-hashes --constraint $(PINS)) --requirement $@.txt
	@touch $@

$(VENV)/installed: $(VENV)/needs-build $(SOURCE)
	@echo "Building spusk (a minute or so, once) …"
	@$(PIP) --no-deps --no-build-isolation .
	@touch $@

# Where the system has no Chromium, Playwright's own; where that can't be had, tests say so.
$(VENV)/browser: $(VENV)/needs-test
	@$(BIN)/python -m tests.lab.chromium || $(BIN)/playwright install chromium && touch $@ || \
	  echo "No browser could be fetched: what needs one is skipped."

# The last line adds PyTorch's build for processors alone, which is not where the others are.
TORCH_CPU = 6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b
pins: $(VENV)/made
	@$(PIP) uv
	$(BIN)/python tools/needs.py build test torch fuzz bench | $(BIN)/uv pip compile - --quiet \
	  --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url \
	  --no-annotate --custom-compile-command "make pins" --output-file constraints.txt
	sed -i 's/^torch==.*/&\n    --hash=sha256:$(TORCH_CPU) \\/' constraints.txt

clean:
	rm -rf $(VENV) node_modules build runs
