# Every command of the project. `make help` lists them.
# Variables: ENV (environment in samconfig.toml), SET (parameters of one deployment or local run), CONFIRM=no (deploy
# without asking), DATA (folder that keeps what make run stores), EVENT, FILE, FILES, DIR, EMAIL, OWNER, USER, NAME,
# ACTION, MODEL, SCOPES, SOURCE (s3://bucket/prefix), SEARCH, SHARE (of the quota), SEED, IMAGES, DETECTORS, MEGABYTES,
# VIEWS, ARCHITECTURE, PYTHON, ARGS (for pytest, demo, bench, burst, corpus, chaos and usage).

ENV ?= default
EVENT ?=
FILE ?=
FILES ?=
DIR ?=
EMAIL ?=
OWNER ?=
ACTION ?=
SCOPES ?=
SEED ?=
IMAGES ?=
SOURCE ?=
SEARCH ?=
SHARE ?=
DETECTORS ?=
MEGABYTES ?=
VIEWS ?=
ARCHITECTURE ?=
SET ?=
CONFIRM ?=
ARGS ?=

# the first Python on the PATH that is new enough and can create a virtual environment
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
SAM_LOCAL := $(BIN)/python -m local.cli.sam_local
BENCH := env PYTHONPATH=src:client $(BIN)/python -m bench
DEPLOY := env PYTHONPATH=src $(BIN)/python -m deploy
BACKFILL_LOCAL := env PYTHONPATH=src $(BIN)/python -m deploy.backfill.local
# a variable as one word for the shell, whatever it contains
quote = '$(subst ','\'',$(value $(1)))'
# NAME from the command line only: some systems set the variable to the machine's name
CLIENT = $(if $(filter command,$(origin NAME)),$(call quote,NAME),'') $(call quote,ACTION) $(call quote,SCOPES)

.DEFAULT_GOAL := help
.PHONY: help run demo load client-local redrive-local backfill-local reprocess-local token test test-deploy test-sam lint format bench bench-local burst corpus chaos usage cost build validate deploy user client erase model logs redrive backfill reprocess reindex delete \
	invoke-presign invoke-processor invoke-images invoke-recovery invoke-publisher invoke-models invoke-trainer start-api screenshots requirements botocore-data clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- local stack
run: .venv/run.stamp ## [DATA=folder] [SET="Name=value …"]: run the stack on this machine: page on port 8080, API 3000, AWS 4566
	@exec $(BIN)/python -m local

token: .venv/run.stamp ## USER=alice: print an ID token for the running local stack
	@exec $(BIN)/python -m local.cli.token $(if $(filter command,$(origin USER)),$(call quote,USER))

load: .venv/run.stamp ## [IMAGES=20]: upload different pictures to the running local stack
	@exec env PYTHONPATH=client $(BIN)/python -m local.cli.load $(if $(IMAGES),$(call quote,IMAGES))

client-local: .venv/run.stamp ## NAME=shop [ACTION=create|revoke|list] [SCOPES=images.read]: make client, for the running local stack
	@exec $(BIN)/python -m local.cli.clients $(CLIENT)

redrive-local: .venv/run.stamp ## move the dead letters of the running local stack to the retry queue
	@exec $(BIN)/python -m local.cli.redrive

backfill-local: .venv/run.stamp ## SOURCE=s3://bucket/prefix OWNER=alice [SHARE=0.8] [CONFIRM=no]: recognize the pictures of a local bucket where they lie
	@exec $(BACKFILL_LOCAL) backfill $(call quote,SOURCE) $(call quote,OWNER) $(call quote,SHARE) $(call quote,CONFIRM)

reprocess-local: .venv/run.stamp ## [OWNER=alice] [SEARCH=…] [SHARE=0.8] [CONFIRM=no]: recognize outdated pictures of the running local stack again
	@exec $(BACKFILL_LOCAL) reprocess $(call quote,OWNER) $(call quote,SEARCH) $(call quote,SHARE) $(call quote,CONFIRM)

demo: .venv/run.stamp ## FILE=photo.jpg, or a folder: recognize pictures; print tables (ARGS=--jsonl: JSON Lines), save the JSON
	@exec env PYTHONPATH=client $(BIN)/python -m local.cli.demo $(if $(FILE),"$(FILE)") $(FILES) $(ARGS)

# ---------------------------------------------------------------- checks
test: .venv/dev.stamp ## run the unit, template, stack and browser tests
	@exec make/test $(ARGS)

test-deploy: .venv/dev.stamp ## rehearse deploy, user, client, redrive and delete against an imitation of AWS
	@exec $(BIN)/python -m pytest tests/deploy $(ARGS)

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

bench: .venv/dev.stamp ## [ARGS="start warm"]: measure speed and cost, with goals and limits (ARGS=--help lists the sections)
	@exec $(BENCH) $(ARGS)

bench-local: .venv/dev.stamp ## measure what the local engine finds, a trained model, and the local stack with 40 photos at once and with DATA
	@$(BIN)/python bench/recall.py
	@$(BIN)/python bench/custom_labels.py
	@$(BIN)/python bench/load.py
	@$(BIN)/python bench/data.py

burst: .venv/dev.stamp ## [ARGS="1000 --all"]: simulate pictures that are uploaded at once
	@exec $(BENCH).burst $(ARGS)

corpus: .venv/dev.stamp ## DIR=folder: print the verdict on every file below a folder, compare with other decoders
	@exec env PYTHONPATH=src:"$$PYTHONPATH" $(BIN)/python -m bench.corpus $(call quote,DIR) $(ARGS)

chaos: .venv/run.stamp ## [SEED=…] [IMAGES=…]: recognize 2,000 pictures while everything fails that can; check that nothing is lost
	@exec $(BENCH).chaos $(if $(SEED),--seed $(call quote,SEED)) \
		$(if $(IMAGES),--images $(call quote,IMAGES)) $(ARGS)

usage: .venv/dev.stamp ## measure what one picture uses on the local stack, for make cost
	@exec $(BENCH).usage $(ARGS)

cost: .venv/run.stamp ## [IMAGES=1000] [DETECTORS=labels] [MEGABYTES=3] [VIEWS=1] [ARCHITECTURE=x86_64]: print the bill of a month
	@exec env PYTHONPATH=src $(BIN)/python -m deploy.cost $(if $(IMAGES),--images $(call quote,IMAGES)) \
		$(if $(DETECTORS),--detectors $(call quote,DETECTORS)) $(if $(MEGABYTES),--megabytes $(call quote,MEGABYTES)) \
		$(if $(VIEWS),--views $(call quote,VIEWS)) $(if $(ARCHITECTURE),--architecture $(call quote,ARCHITECTURE))

# ---------------------------------------------------------------- SAM
build: .venv/dev.stamp ## [ENV=…] [SET=…]: run sam build
	@exec $(DEPLOY) build $(call quote,ENV) $(call quote,SET)

validate: .venv/dev.stamp ## [ENV=…]: run sam validate --lint
	@exec $(DEPLOY) validate $(call quote,ENV)

invoke-presign: EVENT := $(or $(EVENT),events/presign-post.json)
invoke-presign: .venv/dev.stamp ## EVENT=…: invoke PresignFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke PresignFunction $(EVENT)

invoke-processor: EVENT := $(or $(EVENT),events/s3-put.json)
invoke-processor: .venv/dev.stamp ## EVENT=…: invoke ProcessorFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke ProcessorFunction $(EVENT)

invoke-images: EVENT := $(or $(EVENT),events/images-get.json)
invoke-images: .venv/dev.stamp ## EVENT=…: invoke ImagesFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke ImagesFunction $(EVENT)

invoke-recovery: EVENT := $(or $(EVENT),events/schedule.json)
invoke-recovery: .venv/dev.stamp ## EVENT=…: invoke RecoveryFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke RecoveryFunction $(EVENT)

invoke-publisher: EVENT := $(or $(EVENT),events/dynamodb-stream.json)
invoke-publisher: .venv/dev.stamp ## EVENT=…: invoke PublisherFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke PublisherFunction $(EVENT)

invoke-models: EVENT := $(or $(EVENT),events/models-list.json)
invoke-models: .venv/dev.stamp ## EVENT=…: invoke ModelsFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke ModelsFunction $(EVENT)

invoke-trainer: EVENT := $(or $(EVENT),events/schedule-minute.json)
invoke-trainer: .venv/dev.stamp ## EVENT=…: invoke TrainerFunction in Docker, against the local stack
	@exec $(SAM_LOCAL) invoke TrainerFunction $(EVENT)

start-api: .venv/dev.stamp ## run the API on port 3001, with its functions in Docker, against the local stack
	@exec $(SAM_LOCAL) start-api

# ---------------------------------------------------------------- AWS
deploy: .venv/dev.stamp ## [ENV=…] [SET="Name=value …"] [CONFIRM=no]: build and deploy the stack, publish the page
	@exec $(DEPLOY) deploy $(call quote,ENV) $(call quote,SET) $(call quote,CONFIRM)

user: .venv/dev.stamp ## EMAIL=… [ENV=…]: invite a person to sign in
	@exec $(DEPLOY) user $(call quote,ENV) $(call quote,EMAIL)

client: .venv/dev.stamp ## NAME=shop [ACTION=create|revoke|list] [SCOPES=images.read] [ENV=…]: let a program use the API, or no longer
	@exec $(DEPLOY) client $(call quote,ENV) $(CLIENT)

erase: .venv/dev.stamp ## OWNER=… [ENV=…]: erase everything about one person, by email address or sub
	@exec $(DEPLOY) erase $(call quote,ENV) $(call quote,OWNER)

model: .venv/dev.stamp ## ACTION=start|stop|delete|status [MODEL=name or id] [ENV=…]: start, stop or delete a custom model, or show what all cost
	@exec $(DEPLOY) model $(call quote,ENV) $(call quote,ACTION) $(call quote,MODEL)

logs: .venv/dev.stamp ## [ENV=…]: follow the functions' logs
	@exec $(DEPLOY) logs $(call quote,ENV)

redrive: .venv/dev.stamp ## [ENV=…]: try the events in the dead-letter queue again
	@exec $(DEPLOY) redrive $(call quote,ENV)

backfill: .venv/dev.stamp ## SOURCE=s3://bucket/prefix OWNER=… [SHARE=0.8] [CONFIRM=no] [ENV=…]: recognize the pictures of a bucket where they lie
	@exec $(DEPLOY) backfill $(call quote,ENV) $(call quote,SOURCE) $(call quote,OWNER) $(call quote,SHARE) $(call quote,CONFIRM)

reprocess: .venv/dev.stamp ## [OWNER=…] [SEARCH=…] [SHARE=0.8] [CONFIRM=no] [ENV=…]: recognize outdated pictures again, with today's detectors
	@exec $(DEPLOY) reprocess $(call quote,ENV) $(call quote,OWNER) $(call quote,SEARCH) $(call quote,SHARE) $(call quote,CONFIRM)

reindex: .venv/dev.stamp ## [ENV=…]: bring an older stack's index of pictures up to date, once after its update
	@exec $(DEPLOY) reindex $(call quote,ENV)

delete: .venv/dev.stamp ## [ENV=…]: delete the stack with all pictures, results, records and accounts
	@exec $(DEPLOY) delete $(call quote,ENV)

# ---------------------------------------------------------------- housekeeping
requirements: .venv/run.stamp ## update the pinned requirements from requirements/*.in
	@cd requirements && ../$(BIN)/uv pip compile $(UV_COMPILE) dev.in -o dev.txt
	@cd requirements && ../$(BIN)/uv pip compile $(UV_COMPILE) run.in -c dev.txt -o run.txt
UV_COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --upgrade --custom-compile-command "make requirements"

botocore-data: .venv/dev.stamp ## update the data from which the functions build their clients, after botocore's update
	@exec $(BIN)/python -m local.cli.botocore_data

clean: ## remove all generated files and the virtual environment
	rm -rf .aws-sam build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf client/build client/*.egg-info bench/page/node_modules tests/browser/strict_provider/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf .venv || test -z "$$(ls -A .venv)" # in the dev container, .venv is a mount point, which stays

.venv/run.stamp: requirements/run.txt requirements/bootstrap.txt layers/imaging/requirements.txt
	@make/set-up "$(PYTHON)" run
.venv/dev.stamp: requirements/dev.txt requirements/bootstrap.txt layers/imaging/requirements.txt
	@make/set-up "$(PYTHON)" dev
