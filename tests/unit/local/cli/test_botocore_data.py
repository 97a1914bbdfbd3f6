"""The functions' part of botocore's data is that of the installed version, and complete."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader
from botocore.session import Session

from common.aws import DATA, OLDEST_BOTOCORE, new_session
from local.cli.botocore_data import FOLDER, OPERATIONS, needed_data, trim
from local.settings import ROOT
from processor.detectors import DETECTORS

REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "s3": ("get_object", {"Bucket": "a-bucket", "Key": "a/key"}),
    "dynamodb": ("get_item", {"TableName": "table", "Key": {"pk": {"S": "a"}}}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.example.com/1/queue", "MessageBody": "a"}),
    "events": ("put_events", {"Entries": [{"Source": "a"}]}),
    "rekognition": ("detect_labels", {"Image": {"Bytes": b"a"}}),
}
CALL = re.compile(r"client\.(?!meta|exceptions|get_paginator|generate_presigned_url)(\w+)\(")
PAGES = re.compile(r"get_paginator\(\"(\w+)\"\)")


class Raw(io.BytesIO):
    """The body of an empty response."""

    def stream(self) -> list[bytes]:
        return [b"{}"]


def test_the_data_is_that_of_the_installed_botocore() -> None:
    """Run `make botocore-data` if it isn't."""
    present = {str(file.relative_to(FOLDER)): file.read_text("utf-8") for file in FOLDER.rglob("*.json")}
    assert FOLDER == DATA
    assert present == needed_data()


def test_the_operations_are_those_that_the_functions_call() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in (ROOT / "src").rglob("*.py"))
    called = {*CALL.findall(sources), *PAGES.findall(sources)}
    called |= {xform_name(detector.operation) for detector in DETECTORS}
    called.add("head_bucket")  # by botocore
    assert called == {xform_name(name) for operations in OPERATIONS.values() for name in operations}


def test_the_functions_do_not_import_boto3() -> None:
    sources = {file: file.read_text("utf-8") for file in (ROOT / "src").rglob("*.py")}
    importing = re.compile(r"^ *(?:from|import) boto3\b", re.MULTILINE)
    assert [file.name for file, source in sources.items() if importing.search(source)] == []


@pytest.mark.parametrize("service", OPERATIONS)
def test_a_client_has_the_operations_and_errors_of_a_complete_one(service: str) -> None:
    ours, complete = new_session().create_client(service), Session().create_client(service)
    for name in OPERATIONS[service]:
        model = ours.meta.service_model.operation_model(name)
        expected = complete.meta.service_model.operation_model(name)
        assert model.http == expected.http
        assert _members(model.input_shape) == _members(expected.input_shape)
        assert _members(model.output_shape) == _members(expected.output_shape)
        assert [shape.name for shape in model.error_shapes] == [shape.name for shape in expected.error_shapes]
    assert ours.meta.endpoint_url == complete.meta.endpoint_url


def _members(shape: Any) -> Any:
    members = shape.members if shape else {}
    return {name: (member.type_name, member.serialization) for name, member in members.items()}


def test_what_is_missing_is_read_from_botocore() -> None:
    ours, complete = new_session().get_component("data_loader"), Loader()
    assert ours.load_service_model("sns", "service-2") == complete.load_service_model("sns", "service-2")
    file = "sns/2010-03-31/paginators-1"
    assert ours.load_data(file) == complete.load_data(file)


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("variable", [None, "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT"])
@pytest.mark.parametrize("service", OPERATIONS)
def test_requests_go_where_botocore_would_send_them(
    monkeypatch: pytest.MonkeyPatch, service: str, variable: str | None, region: str
) -> None:
    if variable:
        monkeypatch.setenv(variable, "true")
    operation, parameters = REQUESTS[service]

    def url(session: Session) -> str:
        client = session.create_client(service, region_name=region)
        sent: list[str] = []

        def answer(request: Any, **_: Any) -> Any:
            sent.append(request.url)
            return AWSResponse(request.url, 200, HTTPHeaders(), Raw())

        client.meta.events.register("before-send", answer)
        try:
            getattr(client, operation)(**parameters)
        except EndpointProviderError as error:  # there is no such endpoint
            sent.append(str(error))
        return sent[0]

    assert url(new_session()) == url(Session())


def test_an_older_botocore_reads_its_own_data() -> None:
    older = f"{OLDEST_BOTOCORE[0]}.{OLDEST_BOTOCORE[1] - 1}.99"
    for version, is_ours in ((older, False), ("1.37.0", True), ("2.0.0", True)):
        folders = new_session(version).get_component("data_loader").search_paths
        assert (str(DATA) in folders) == is_ours


def test_a_trimmed_model_has_what_its_operations_need() -> None:
    shapes = {
        "Input": {"type": "structure", "members": {"a": {"shape": "List", "documentation": "A."}}},
        "List": {"type": "list", "member": {"shape": "Text"}, "documentation": "Texts."},
        "Text": {"type": "string"},
        "Other": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
    }
    operation = {"name": "Do", "input": {"shape": "Input"}, "documentation": "Does."}
    model = {"metadata": {"serviceId": "S"}, "operations": {"Do": operation, "Undo": {}}, "shapes": shapes}
    assert trim(model, frozenset({"Do"})) == {
        "metadata": {"serviceId": "S"},
        "operations": {"Do": {"name": "Do", "input": {"shape": "Input"}}},
        "shapes": {
            "Input": {"type": "structure", "members": {"a": {"shape": "List"}}},
            "List": {"type": "list", "member": {"shape": "Text"}},
            "Text": {"type": "string"},
        },
    }
