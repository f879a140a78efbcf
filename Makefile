# Everything starts here: `make run` learns digits, `make lab` opens the page, `make test` checks
# all, `make bench` races.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
SOURCE := $(shell find src native CMakeLists.txt pyproject.toml -type f -not -name '*.pyc' 2>/dev/null)

.PHONY: run lab test check soak bench bench-lab fuzz clean

run: $(VENV)/installed
	@$(BIN)/spusk train --out runs/first --overwrite

lab: $(VENV)/lab
	@$(BIN)/spusk lab

test: $(VENV)/tested check
	$(BIN)/python -m pytest -n 2 -m "not soak"

check: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(VENV)/tested
	$(BIN)/python -m pytest -m soak -v -rP --durations=0
	$(BIN)/python -m pytest -m "hypothesis and not soak" --hypothesis-profile=long --durations=0

bench: $(VENV)/benched
	$(BIN)/python -m benchmarks.run

bench-lab: $(VENV)/tested
	$(BIN)/python -m benchmarks.lab --out docs

SECONDS = 60
fuzz: $(VENV)/fuzzed
	$(BIN)/python -m fuzz formula $(SECONDS)
	$(BIN)/python -m fuzz readers $(SECONDS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "spusk needs Python 3.11 or newer, found $$($(PYTHON) --version); try make PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/installed: $(BIN)/python $(SOURCE)
	@echo "Installing spusk (a minute or so, once) …"
	@$(BIN)/python -m pip install --quiet .
	@touch $@

$(VENV)/lab: $(VENV)/installed
	@echo "Installing what the page needs …"
	@$(BIN)/python -m pip install --quiet '.[lab]'
	@touch $@

$(VENV)/tested: $(VENV)/installed
	@echo "Installing what tests need …"
	@$(BIN)/python -m pip install --quiet '.[test]'
	@touch $@

$(VENV)/benched: $(VENV)/installed
	@echo "Installing what the benchmarks compare with …"
	@$(BIN)/python -m pip install --quiet '.[bench]'
	@touch $@

$(VENV)/fuzzed: $(VENV)/installed
	@echo "Installing the fuzzer …"
	@$(BIN)/python -m pip install --quiet '.[fuzz]'
	@touch $@

clean:
	rm -rf $(VENV) build runs
