# First video: make demo. Everything else works the same way: nothing has to be installed by hand.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do $$p -c "$(FITS)" 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check parity chaos fuzz large conformance lock clean

demo: $(VENV)/base            ## a talking portrait in out/demo.mp4
	$(BIN)/bolti demo --into out

test: $(VENV)/latentsync      ## every test that this machine can run (one thread each: the networks are tiny)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal -m "not slow and not gpu and not network" $(ARGS)

check: $(VENV)/latentsync     ## lint, types, import contracts, docs and settings kept true
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/pytest -q tests/unit/house
	$(BIN)/python requirements/audit.py

parity: $(VENV)/latentsync    ## LatentSync against the published one, at full size too (6 GB, minutes)
	$(BIN)/pytest tests/parity tests/unit/latentsync $(ARGS)

chaos: $(VENV)/latentsync    ## 300 kills of everything on SQLite and on PostgreSQL, with a table (half an hour)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.chaos $(ARGS)

fuzz: $(VENV)/dev             ## damaged photos, recordings and videos by the ten thousand (ten minutes; ARGS=--seconds 3600)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.hostile.fuzz $(ARGS)

large: $(VENV)/dev            ## a file of 2 GB from a Bot API server of one's own (a minute, 2 GB of disk)
	$(BIN)/pytest -m slow tests/integration/botapi/test_local_files.py

conformance: $(VENV)/dev      ## python-telegram-bot's own request tests against the Bot API stand-in (fetches them; minutes)
	$(BIN)/python -m tests.conformance

lock: $(VENV)/dev             ## new requirements/*.lock (requirements/README.md)
	$(BIN)/python requirements/make_locks.py

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/base: requirements/base.lock pyproject.toml
	@$(or $(PYTHON),false) -c "$(FITS)" || (echo "Bolti needs Python 3.11 or 3.12. Name one: make PYTHON=/path/to/python3.11" >&2; exit 1)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/base.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev: $(VENV)/base requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/dev.lock
	touch $@

# torch's build for the CPU where pip is offered it, else PyPI's, which brings CUDA: requirements/README.md.
$(VENV)/latentsync: $(VENV)/dev requirements/latentsync.lock requirements/torch-cpu.lock requirements/torch-cuda.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/latentsync.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/torch-cpu.lock \
		|| (echo "No build for the CPU here: taking the one for CUDA, 2.7 GB" >&2; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/torch-cuda.lock)
	touch $@
