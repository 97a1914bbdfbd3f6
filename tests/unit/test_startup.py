"""The start of each function: importing `app.py` reads the settings and builds all clients."""

from __future__ import annotations

import gc
import importlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session
import pytest
from moto import mock_aws

from catalog.catalog import Catalog
from catalog.records import ImageRecord
from common.settings import SettingsError
from common.time import now
from local.template.intrinsics import resolve
from local.template.parameters import parameter_values
from local.template.template import Template
from tests.cloud import create_catalog_table
from tests.unit.processor.support import DIRECT_KEY, make_file, s3_event
from tests.unit.support import (
    INPUT_BUCKET,
    OTHER_ID,
    OUTPUT_BUCKET,
    RETRY_QUEUE_URL,
    TABLE,
    UPLOAD_REQUEST,
    completion,
    http_event,
    load_template,
)

NAMES = {
    "METRICS_NAMESPACE": "stack",
    "INPUT_BUCKET": INPUT_BUCKET,
    "OUTPUT_BUCKET": OUTPUT_BUCKET,
    "CATALOG_TABLE": TABLE,
    "RETRY_QUEUE_URL": RETRY_QUEUE_URL,
    "EVENT_BUS_NAME": "default",
}
MODULES = {
    "PresignFunction": "presign.app",
    "ImagesFunction": "images.app",
    "ProcessorFunction": "processor.app",
    "RecoveryFunction": "recovery.app",
    "PublisherFunction": "publisher.app",
    "ModelsFunction": "models.app",
    "TrainerFunction": "trainer.app",
}
# Of every function's environment, what the import of a function doesn't read
NOT_READ = {"METRICS_NAMESPACE"}
NOT_READ_BY = {
    "publisher.app": {"INPUT_BUCKET", "CATALOG_TABLE"},
    "models.app": NOT_READ | {"INPUT_BUCKET"},
    "trainer.app": set[str](),
}


def function_environment(logical_id: str) -> dict[str, str]:
    """Return the environment that the template sets for a function by default."""
    template = load_template()
    function = template["Resources"][logical_id]["Properties"]
    variables = {
        **template["Globals"]["Function"]["Environment"]["Variables"],
        **function["Environment"]["Variables"],
    }
    del variables["AWS_ENDPOINT_URL"], variables["HTTP_PROXY"]  # boto3's own
    resolver = Template(template, parameter_values(template["Parameters"], {}), {})
    return {name: NAMES.get(name) or str(resolve(value, resolver)) for name, value in variables.items()}


@pytest.fixture
def run_in_new_process() -> Iterator[Callable[..., Any]]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield lambda function, *args: pool.submit(function, *args).result()


def import_errors(module: str, environments: list[dict[str, str]]) -> list[str]:
    """Import a module once with each environment. Return the messages of the settings errors."""
    aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    messages = []
    for environment in environments:
        os.environ.clear()
        os.environ.update(aws | environment)
        try:
            importlib.import_module(module)
        except SettingsError as error:
            messages.append(str(error))
    return messages


def handle_requests(
    module: str, environment: dict[str, str], events: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Import a function, then handle events with it while building a client fails."""
    os.environ.update(environment)
    context = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 60_000)
    with mock_aws():
        create_stack()
        app = importlib.import_module(module)
        with patch.object(
            botocore.session.Session,
            "create_client",
            side_effect=AssertionError("client built after the import"),
        ):
            return [app.handler(event, context) for event in events]


def create_stack() -> None:
    """Create the buckets and the table, with an image that is done and a direct upload."""
    s3 = boto3.client("s3")
    for bucket in (INPUT_BUCKET, OUTPUT_BUCKET):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=INPUT_BUCKET, Key=DIRECT_KEY, Body=make_file("JPEG"))
    catalog = Catalog(create_catalog_table(TABLE))
    catalog.start(ImageRecord("alice", OTHER_ID, "pending", "cat.jpg", "image/jpeg", 1000, now()))
    next_hour = int(time.time()) + 3600  # the functions use the real clock
    catalog.complete("alice", OTHER_ID, replace(completion("Cat"), expires_at=next_hour))


def collector_after_import(module: str, environment: dict[str, str]) -> tuple[bool, bool]:
    """Import a function. Return whether the garbage collector works, and whether it skips what exists."""
    os.environ.update(environment)
    importlib.import_module(module)
    return gc.isenabled(), gc.get_freeze_count() > 0


@pytest.mark.parametrize(("logical_id", "module"), MODULES.items())
def test_the_garbage_collector_works_after_the_import(
    run_in_new_process, logical_id: str, module: str
) -> None:
    environment = function_environment(logical_id) | {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048"}
    assert run_in_new_process(collector_after_import, module, environment) == (True, True)


@pytest.mark.parametrize(("logical_id", "module"), MODULES.items())
def test_a_missing_variable_fails_the_import(run_in_new_process, logical_id: str, module: str) -> None:
    variables = function_environment(logical_id)
    read = [name for name in variables if name not in NOT_READ_BY.get(module, NOT_READ)]
    environments = [{other: variables[other] for other in variables if other != name} for name in read]
    assert run_in_new_process(import_errors, module, [{}, *environments]) == [
        f"The environment variable {read[0]} is missing.",
        *(f"The environment variable {name} is missing." for name in read),
    ]


@pytest.mark.parametrize(
    ("logical_id", "route", "members", "status"),
    [
        ("PresignFunction", "POST /uploads", {"body": json.dumps(UPLOAD_REQUEST)}, 201),
        ("ImagesFunction", "GET /images/{id}", {"pathParameters": {"id": OTHER_ID}}, 200),
        ("ModelsFunction", "GET /models", {}, 200),
    ],
)
def test_requests_build_no_client(
    run_in_new_process, logical_id: str, route: str, members: dict[str, Any], status: int
) -> None:
    events = [http_event(route, owner=owner, **members) for owner in ("alice", None)]
    environment = function_environment(logical_id)
    responses = run_in_new_process(handle_requests, MODULES[logical_id], environment, events)
    assert [response["statusCode"] for response in responses] == [status, 401]


def test_the_processor_builds_no_client_while_processing(run_in_new_process) -> None:
    environment = function_environment("ProcessorFunction") | {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}
    [response] = run_in_new_process(handle_requests, "processor.app", environment, [s3_event(DIRECT_KEY)])
    assert [(image["key"], image["status"]) for image in response["images"]] == [(DIRECT_KEY, "done")]
