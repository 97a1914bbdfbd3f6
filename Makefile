# Every command of the project. `make help` lists them.
# Variables: ENV (environment in samconfig.toml), EVENT, FILE, FILES, EMAIL, USER, ARGS (for pytest and demo), PYTHON.

ENV ?= default
EVENT ?=
FILE ?=
FILES ?=
EMAIL ?=
ARGS ?=

# the first Python on the PATH that is new enough and can create a virtual environment
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
SAM := SAM_CLI_TELEMETRY=0 $(BIN)/python -m local.cli.sam

.DEFAULT_GOAL := help
.PHONY: help run demo token test test-sam lint format bench build validate deploy logs delete \
	invoke-presign invoke-processor invoke-images start-api user screenshots requirements clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- local stack
run: .venv/run.stamp ## run the whole stack on this machine: page on port 8080, API on 3000, AWS on 4566
	@exec $(BIN)/python -m local

token: .venv/run.stamp ## USER=alice: print an ID token for the running local stack
	@exec $(BIN)/python -m local.cli.token $(if $(filter command,$(origin USER)),"$(USER)")

demo: .venv/run.stamp ## FILE=photo.jpg, or a folder: recognize pictures; print tables (ARGS=--jsonl: JSON Lines), save the JSON
	@exec $(BIN)/python -m local.cli.demo $(if $(FILE),"$(FILE)") $(FILES) $(ARGS)

# ---------------------------------------------------------------- checks
test: .venv/dev.stamp ## run the unit, template, stack and browser tests
	@$(BIN)/python -m pytest tests/unit tests/template $(ARGS)
	@$(BIN)/python -m pytest tests/stack $$(make/browser-tests) $(ARGS)

test-sam: .venv/dev.stamp ## run sam validate, build, package, and sam local invoke for every event (needs Docker)
	@exec $(BIN)/python -m pytest tests/sam $(ARGS)

lint: .venv/dev.stamp ## check with ruff, mypy and cfn-lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/cfn-lint template.yaml

format: .venv/dev.stamp ## fix and format the Python code with ruff
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

screenshots: .venv/dev.stamp ## retake the README's screenshots of the page
	@$(BIN)/python -m tests.browser.screenshots

bench: .venv/dev.stamp ## measure memory, waiting time, recall, and the local stack with 40 photos at once
	@$(BIN)/python bench/memory.py
	@$(BIN)/python bench/detectors.py
	@$(BIN)/python bench/recall.py
	@$(BIN)/python bench/load.py

# ---------------------------------------------------------------- SAM
build: .venv/dev.stamp ## run sam build
	@$(SAM) build --config-env $(ENV)

validate: .venv/dev.stamp ## run sam validate --lint
	@$(SAM) validate --lint --config-env $(ENV)

invoke-presign: EVENT := $(or $(EVENT),events/presign-post.json)
invoke-presign: .venv/dev.stamp ## EVENT=…: invoke PresignFunction in Docker, against the local stack
	@$(SAM) invoke PresignFunction $(EVENT)

invoke-processor: EVENT := $(or $(EVENT),events/s3-put.json)
invoke-processor: .venv/dev.stamp ## EVENT=…: invoke ProcessorFunction in Docker, against the local stack
	@$(SAM) invoke ProcessorFunction $(EVENT)

invoke-images: EVENT := $(or $(EVENT),events/images-get.json)
invoke-images: .venv/dev.stamp ## EVENT=…: invoke ImagesFunction in Docker, against the local stack
	@$(SAM) invoke ImagesFunction $(EVENT)

start-api: .venv/dev.stamp ## run the API in Docker on port 3001, against the local stack
	@$(SAM) start-api

# ---------------------------------------------------------------- AWS
deploy: .venv/dev.stamp ## ENV=dev|prod: build and deploy the stack, upload the page
	@$(SAM) build --config-env $(ENV)
	@$(SAM) deploy --config-env $(ENV)
	@$(BIN)/python -m deploy.page $(ENV)

user: .venv/dev.stamp ## EMAIL=…: invite a person to sign in
	@$(BIN)/python -m deploy.users $(ENV) "$(EMAIL)"

logs: .venv/dev.stamp ## ENV=…: follow the functions' logs
	@$(SAM) logs --config-env $(ENV) --tail

delete: .venv/dev.stamp ## ENV=…: delete the stack with all pictures and results
	@$(BIN)/python -m deploy.buckets $(ENV)
	@$(SAM) delete --config-env $(ENV)

# ---------------------------------------------------------------- housekeeping
requirements: .venv/run.stamp ## update the pinned requirements from requirements/*.in
	@cd requirements && ../$(BIN)/uv pip compile $(UV_COMPILE) dev.in -o dev.txt
	@cd requirements && ../$(BIN)/uv pip compile $(UV_COMPILE) run.in -c dev.txt -o run.txt
UV_COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --upgrade --custom-compile-command "make requirements"

clean: ## remove all generated files and the virtual environment
	rm -rf .venv .aws-sam build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: requirements/run.txt requirements/bootstrap.txt layers/imaging/requirements.txt
	@make/set-up "$(PYTHON)" run
.venv/dev.stamp: requirements/dev.txt requirements/bootstrap.txt layers/imaging/requirements.txt
	@make/set-up "$(PYTHON)" dev
