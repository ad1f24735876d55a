# make run     start nnplay, after installing it into .venv the first time
# make test    every check that has to pass: style, types, import contracts, tests
# make kernels compile the C kernels whose sources have changed
# make sanitize the tests of the kernels, with AddressSanitizer and UBSan
# make slow    the long tests
# make catalog write docs/catalog.md again, after a layer, data set or other kind was added
# make mutants 60 seeded one-place changes of nnplay, and which of them no test notices
# make bench   speed compared with a plain PyTorch loop and other installed libraries, into bench.json
# make live    how much the open window slows training, and its start-up time, into live.json
# make growth  time per step as networks and data grow: a table, and tests/bench/growth.png
# make clean   remove .venv and everything that building and testing created

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := pyproject.toml constraints.txt
KERNELS := nnplay/engine/kernels
SANITIZED := tests/engine/kernels/test_compiled.py tests/engine/kernels/test_compiled_layers.py \
  tests/engine/kernels/test_dropout.py tests/engine/kernels/test_bytes.py tests/engine/kernels/test_pooling.py

.PHONY: run test kernels sanitize slow catalog mutants bench live growth clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m nnplay

test: $(VENV)/dev.stamp kernels
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict nnplay
	$(BIN)/mypy --strict --explicit-package-bases $(wildcard tests/bench/*.py) tests/mutants
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist worksteal

kernels: $(VENV)/dev.stamp
	$(BIN)/python $(KERNELS)/build.py

slow: $(VENV)/dev.stamp kernels
	$(BIN)/pytest -m slow -n 0

catalog: $(VENV)/run.stamp
	$(BIN)/python -m nnplay list --markdown > docs/catalog.md

mutants: $(VENV)/dev.stamp kernels
	$(BIN)/python tests/mutants/mutate.py --count 60 --seed 1 --jobs 2

# Through the interpreter's malloc, an overrun of any array that a kernel is given is seen. Leaks are
# Python's own business.
sanitize: $(VENV)/dev.stamp
	rm -rf build/sanitized
	preload=$$($(BIN)/python $(KERNELS)/build.py --sanitize build/sanitized) && \
	  LD_PRELOAD=$$preload ASAN_OPTIONS=detect_leaks=0:log_path=build/sanitized/report \
	  NNPLAY_KERNELS=build/sanitized $(BIN)/pytest -n 2 -q --dist worksteal $(SANITIZED) || \
	  { cat build/sanitized/report* 2>/dev/null; exit 1; }

bench: $(VENV)/dev.stamp kernels
	$(BIN)/python tests/bench/bench_jobs.py
	$(BIN)/python tests/bench/bench_rates.py

live: $(VENV)/dev.stamp kernels
	QT_QPA_PLATFORM=offscreen $(BIN)/python tests/bench/bench_live.py

growth: $(VENV)/dev.stamp kernels
	$(BIN)/python tests/bench/growth.py

clean:
	rm -rf $(VENV) build dist *.egg-info $(KERNELS)/libraries
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find nnplay tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is touched only after every command before it succeeded, so a failed install is repeated.
# Installing compiles the kernels, by a compiler that comes as a wheel.
$(VENV)/run.stamp: $(LOCK) $(wildcard $(KERNELS)/*.[ch]) | $(VENV)/ready
	$(BIN)/python -m pip install --disable-pip-version-check -e . -c constraints.txt
	@touch $@

$(VENV)/dev.stamp: $(LOCK) | $(VENV)/ready
	$(BIN)/python -m pip install --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $@ $(VENV)/run.stamp

$(VENV)/ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "nnplay needs Python 3.11 or newer, and $(PYTHON) is" \
	    "$$($(PYTHON) --version 2>/dev/null || echo missing)."; \
	  echo "Install a newer one and name it: make run PYTHON=python3.12"; exit 1; } >&2
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: its venv module is missing."; \
	  echo "On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; } >&2
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@
