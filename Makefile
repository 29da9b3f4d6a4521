# Chapter & Verse. `make run` does the main job, `make test` passes all tests; each does its own set-up.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
TEST := $(VENV)/.test
Q ?= why did CUDA win?

.PHONY: help run chat ask test slow lint check eval doctor transcript bench chaos cluster fuzz load memory licences lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Python 3.11 or newer is needed: install it, or name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv is missing: on Debian or Ubuntu, apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.lock | $(VENV)/bin/python
	@echo "Installing what the bot needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(TEST): requirements-test.lock | $(VENV)/bin/python
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@ $(RUN)

run: $(RUN)  ## start the bot: every adapter whose settings are there, and always the page
	@$(BIN)/python -m bot run

chat: $(RUN)  ## talk with the episode in the terminal
	@$(BIN)/python -m bot chat

ask: $(RUN)  ## one question: make ask Q="why did CUDA win?"
	@$(BIN)/python -m bot ask '$(subst ','\'',$(value Q))'

transcript: $(RUN)  ## fetch the transcript page once
	@$(BIN)/python -m bot transcript fetch

check: $(RUN)  ## check the knowledge files
	@$(BIN)/python -m bot check

doctor: $(RUN)  ## check settings, tokens, database, knowledge
	@$(BIN)/python -m bot doctor

lint: $(TEST)  ## style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

test: lint  ## style, types and all tests
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

slow: $(TEST)  ## the slow tests: the image in a chroot, the cluster behind nginx, a pooler
	@$(BIN)/python -m pytest -q -m slow $(ARGS)

eval: $(RUN)  ## score the answers on the golden questions
	@$(BIN)/python -m bot eval

bench: $(TEST)  ## this core against plain BM25, bm25s and SQLite FTS5
	@$(BIN)/python -m tests.bench

chaos: $(TEST)  ## daily insights under SIGKILL, the long form
	@$(BIN)/python -m tests.chaos.run --long

load: $(TEST)  ## how much each entrance carries on one core, and what it costs the database
	@$(BIN)/python -m tests.load
	@$(BIN)/python -m tests.load.statements
	@$(BIN)/python -m tests.load.guilds

cluster: $(TEST)  ## three web replicas and two schedulers behind nginx, killed in turn
	@$(BIN)/python -m tests.cluster --long

memory: $(TEST)  ## memory over a million questions
	@$(BIN)/python -m tests.load.memory

fuzz: $(TEST)  ## every parser of outside input, coverage-guided
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'atheris>=3.0'
	@$(BIN)/python -m tests.fuzz --seconds 60

licences: $(RUN)  ## list the licences of everything installed
	@$(BIN)/python deploy/licences.py

lock:  ## write the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version=3.11 --generate-hashes pyproject.toml --output-file=requirements.lock
	uv pip compile --quiet --universal --python-version=3.11 --generate-hashes --extra=test pyproject.toml --output-file=requirements-test.lock

clean:  ## remove what make made
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
