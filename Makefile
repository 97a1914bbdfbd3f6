# Every command a person needs. `make help` lists them.
# Variables: ENV (samconfig.toml's environment), EVENT, FILE, EMAIL, USER, ARGS (for pytest), PYTHON.

ENV ?= default
EVENT ?=
FILE ?=
EMAIL ?=
ARGS ?=

# the first Python on the PATH that is new enough and can make a virtual environment
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
SAM := SAM_CLI_TELEMETRY=0 $(BIN)/python -m local.cli.sam

.DEFAULT_GOAL := help
.PHONY: help run demo token test test-sam lint format bench build validate deploy logs delete \
	invoke-presign invoke-processor invoke-images start-api user screenshots requirements clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- on this machine
run: .venv/run.stamp ## the whole stack on this machine: page on 8080, API on 3000, AWS on 4566
	@exec $(BIN)/python -m local

token: .venv/run.stamp ## USER=alice: an ID token of the running stack, for curl
	@exec $(BIN)/python -m local.cli.token $(if $(filter command,$(origin USER)),"$(USER)")

demo: .venv/run.stamp ## FILE=photo.jpg: what is in it, as a table and as JSON
	@exec $(BIN)/python -m local.cli.demo $(if $(FILE),"$(FILE)")

# ---------------------------------------------------------------- checks
test: .venv/dev.stamp ## unit, template, stack and browser tests
	@$(BIN)/python -m pytest tests/unit tests/template $(ARGS)
	@$(BIN)/python -m pytest tests/stack $$(make/browser-tests) $(ARGS)

test-sam: .venv/dev.stamp ## sam validate, build and package, and sam local invoke of every event (needs Docker)
	@exec $(BIN)/python -m pytest tests/sam $(ARGS)

lint: .venv/dev.stamp ## ruff, mypy and cfn-lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/cfn-lint template.yaml

format: .venv/dev.stamp ## put the Python code into its one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

screenshots: .venv/dev.stamp ## take the pictures of the page anew that the README shows
	@$(BIN)/python -m tests.browser.screenshots

bench: .venv/dev.stamp ## measure memory and waiting time
	@$(BIN)/python bench/memory.py
	@$(BIN)/python bench/detectors.py

# ---------------------------------------------------------------- SAM, on this machine
build: .venv/dev.stamp ## sam build
	@$(SAM) build --config-env $(ENV)

validate: .venv/dev.stamp ## sam validate --lint
	@$(SAM) validate --lint --config-env $(ENV)

invoke-presign: EVENT := $(or $(EVENT),events/presign-post.json)
invoke-presign: .venv/dev.stamp ## EVENT=…: PresignFunction in Docker, against the local stack
	@$(SAM) invoke PresignFunction $(EVENT)

invoke-processor: EVENT := $(or $(EVENT),events/s3-put.json)
invoke-processor: .venv/dev.stamp ## EVENT=…: ProcessorFunction in Docker, against the local stack
	@$(SAM) invoke ProcessorFunction $(EVENT)

invoke-images: EVENT := $(or $(EVENT),events/images-get.json)
invoke-images: .venv/dev.stamp ## EVENT=…: ImagesFunction in Docker, against the local stack
	@$(SAM) invoke ImagesFunction $(EVENT)

start-api: .venv/dev.stamp ## the API in Docker on port 3001, against the local stack
	@$(SAM) start-api

# ---------------------------------------------------------------- AWS
deploy: .venv/dev.stamp ## ENV=dev|prod: build, deploy and put the page on its site
	@$(SAM) build --config-env $(ENV)
	@$(SAM) deploy --config-env $(ENV)
	@$(BIN)/python -m deploy.page $(ENV)

user: .venv/dev.stamp ## EMAIL=…: invite a person to sign in
	@$(BIN)/python -m deploy.users $(ENV) "$(EMAIL)"

logs: .venv/dev.stamp ## ENV=…: follow the functions' logs
	@$(SAM) logs --config-env $(ENV) --tail

delete: .venv/dev.stamp ## ENV=…: take the stack away, pictures and results included
	@$(BIN)/python -m deploy.buckets $(ENV)
	@$(SAM) delete --config-env $(ENV)

# ---------------------------------------------------------------- housekeeping
requirements: .venv/run.stamp ## compile requirements/*.in anew
	@cd requirements && ../$(BIN)/uv pip compile $(UV_COMPILE) dev.in -o dev.txt
	@cd requirements && ../$(BIN)/uv pip compile $(UV_COMPILE) run.in -c dev.txt -o run.txt
UV_COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --upgrade --custom-compile-command "make requirements"

clean: ## remove what the commands made, the virtual environment too
	rm -rf .venv .aws-sam build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: requirements/run.txt requirements/bootstrap.txt layers/imaging/requirements.txt
	@make/set-up "$(PYTHON)" run
.venv/dev.stamp: requirements/dev.txt requirements/bootstrap.txt layers/imaging/requirements.txt
	@make/set-up "$(PYTHON)" dev
