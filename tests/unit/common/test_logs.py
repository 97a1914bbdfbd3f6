"""Log records have the keys of what they are about, and no URLs or tokens."""

from __future__ import annotations

import ast
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from common.logs import (
    add_log_keys,
    error_text,
    get_logger,
    log_keys,
    log_scope,
    mask,
    mask_errors,
    with_log_keys,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SRC = Path(__file__).resolve().parents[3] / "src"
URL = "https://stack-input.s3.us-east-1.amazonaws.com/uploads/alice/ab?X-Amz-Signature=0123"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
LOG = get_logger("tests.logs")


def errors_with_a_url() -> list[type[BotoCoreError]]:
    """Return botocore's errors whose message has a URL."""
    errors = [error for error in vars(botocore.exceptions).values() if isinstance(error, type)]
    return [error for error in errors if issubclass(error, BotoCoreError) and "_url}" in error.fmt]


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return URL if name.endswith("_url") else name


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], dict[str, Any]]:
    """Return the attributes of the only record, and the text that a formatter makes of it."""
    caplog.set_level(logging.INFO)

    def logged() -> dict[str, Any]:
        (record,) = caplog.records
        return vars(record) | {"text": caplog.text}

    return logged


def test_a_record_has_the_keys_of_its_scope(logged) -> None:
    with log_scope(owner="alice"):
        add_log_keys(imageId="ab")
        with log_scope(imageId="cd"):
            pass
        LOG.info("done", extra={"seconds": 1})
    record = logged()
    assert (record["owner"], record["imageId"], record["seconds"]) == ("alice", "ab", 1)
    assert log_keys() == {}


def test_keys_need_a_scope() -> None:
    add_log_keys(owner="alice")
    assert log_keys() == {}


def test_keys_end_with_the_scope_whatever_ends_it() -> None:
    with pytest.raises(KeyError), log_scope(owner="alice"):
        add_log_keys(imageId="ab")
        raise KeyError
    assert log_keys() == {}


def test_each_thread_has_its_own_keys() -> None:
    with ThreadPoolExecutor(1) as pool, log_scope(owner="alice"):
        assert pool.submit(log_keys).result() == {}
        assert pool.submit(with_log_keys(log_keys)).result() == {"owner": "alice"}
        assert pool.submit(log_keys).result() == {}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("uploads/alice/ab", "uploads/alice/ab"),
        (f"GET {URL} failed", "GET <url> failed"),
        ('endpoint URL: "http://127.0.0.1:4566/x?y=z".', 'endpoint URL: "<url>".'),
        (f"Bearer {TOKEN} is expired", "Bearer <secret> is expired"),
        ("url: /b/k?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=01ab&x=1", "url: /b/k?<secret>&<secret>&x=1"),
        ("'host:sqs\nx-amz-security-token:IQoJb3JpZ2lu\nx:1'", "'host:sqs\n<secret>\nx:1'"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=AKIA, Signature=01\nx:1", "<secret>\nx:1"),
    ],
)
def test_masks_urls_and_tokens(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("error", errors_with_a_url(), ids=lambda error: error.__name__)
def test_masks_the_url_of_a_connection_error(logged, error: type[BotoCoreError]) -> None:
    values = {name: _Values()[name] for name in ("endpoint_url", "proxy_url", "error", "request")}
    try:
        raise error(**values)
    except BotoCoreError as raised:
        assert URL in str(raised)
        LOG.exception("unfinished", extra={"error": raised, "errorText": str(raised)})
    record = logged()
    assert record["exc_info"][0].__name__ == error.__name__
    assert "raise error(**values)" in record["text"]  # the traceback
    assert record["error"].startswith(f"{error.__name__}: ")
    for text in (record["text"], record["error"], record["errorText"], str(record["exc_info"][1])):
        assert "://" not in text


def test_there_are_errors_with_a_url() -> None:
    assert len(errors_with_a_url()) >= 5


def test_an_error_is_logged_without_its_cause(logged) -> None:
    try:
        try:
            raise OSError(f"lost {TOKEN}")
        except OSError as error:
            raise ValueError("later") from error
    except ValueError:
        LOG.exception("unfinished")
    assert "ValueError: later" in logged()["text"]
    assert TOKEN not in logged()["text"]


def test_an_error_of_aws_keeps_its_message() -> None:
    error = ClientError({"Error": {"Code": "SlowDown", "Message": "Slow down."}}, "PutObject")
    assert error_text(error) == (
        "ClientError: An error occurred (SlowDown) when calling the PutObject operation: Slow down."
    )


def test_an_error_that_repeats_parameters_has_no_message() -> None:
    assert error_text(ParamValidationError(report="fileName: holiday.jpg")) == "ParamValidationError"


def test_an_error_that_a_handler_raises_is_masked() -> None:
    @mask_errors
    def handler(event: str, context: object) -> str:
        if event == "fine":
            return event
        raise ConnectionError(f"lost {URL}")

    assert handler("fine", None) == "fine"
    with pytest.raises(Exception, match=r"^lost <url>$") as caught:
        handler("x", None)
    assert (caught.type.__name__, caught.value.__cause__) == ("ConnectionError", None)
    assert caught.traceback[-1].name == "handler"


@pytest.mark.parametrize("function", ["images", "presign", "processor", "publisher", "recovery"])
def test_no_handler_raises_an_error_as_it_is(function: str) -> None:
    """Those of the API raise none at all."""
    module = ast.parse((SRC / function / "app.py").read_text())
    (handler,) = [
        node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "handler"
    ]
    assert [ast.unparse(decorator) for decorator in handler.decorator_list] in (
        ["handle_errors"],
        ["mask_errors"],
    )


def test_an_exception_without_an_error_is_a_record(logged) -> None:
    LOG.error("no error", exc_info=True)
    assert logged()["message"] == "no error"


@pytest.mark.parametrize("module", sorted(SRC.rglob("*.py")), ids=lambda module: str(module.relative_to(SRC)))
def test_no_module_logs_around_the_masking(module: Path) -> None:
    """Nor does one print, or have a message whose text isn't constant."""
    if module == SRC / "common" / "logs.py":
        return
    calls = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
    names = [ast.unparse(call.func) for call in calls]
    assert [name for name in names if name in ("logging.getLogger", "print")] == []
    messages = [call.args[0] for call, name in zip(calls, names, strict=True) if name.startswith("_log.")]
    constant = [isinstance(message, ast.Constant | ast.Attribute) for message in messages]
    assert all(constant), [ast.unparse(message) for message in messages]
