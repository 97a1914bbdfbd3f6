"""What a function sees and what it answers, with a real worker process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.lambda_.environment import EnvironmentIncomplete, InvocationResult, variables_for
from local.lambda_.functions import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.lambda_.lambdas import Lambdas

    Start = Callable[..., Lambdas]

ARN = "arn:aws:lambda:us-east-1:123456789012:function:ProbeFunction"


def invoke(lambdas: Lambdas, event: Any) -> InvocationResult:
    return lambdas.invoke("ProbeFunction", event)


def test_the_answer_comes_back_as_it_is(start: Start) -> None:
    event = {"text": "é ✓ \ud800", "number": 1.5, "nothing": None}
    result = invoke(start(), event)
    assert result == InvocationResult(event, False, result.request_id)


def test_a_function_sees_what_lambda_sets_and_nothing_of_this_machine(
    start: Start, function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("SECRET", "mine")
    seen = invoke(start(), {"give": "environment"}).payload
    stream = seen.pop("AWS_LAMBDA_LOG_STREAM_NAME")
    seen.pop("LC_CTYPE", None)  # Python's own, where the machine lacks the locale
    seen.pop("__CF_USER_TEXT_ENCODING", None)  # macOS's own
    assert stream.startswith("local/[$LATEST]")
    assert seen == {
        "AWS_ACCESS_KEY_ID": "key of ProbeFunction",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "ProbeFunction",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/local/probe",
        "AWS_REGION": "us-east-1",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "LAMBDA_TASK_ROOT": str(function.folder),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ["PATH"],
        "TABLE": "Pictures",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }


def test_a_function_runs_in_its_own_folder(start: Start, function: Function) -> None:
    assert invoke(start(), {"give": "folders"}).payload == [str(function.folder)] * 2


def test_the_context_is_lambdas(start: Start) -> None:
    result = invoke(start(), {"give": "context"})
    left = result.payload.pop("left")
    assert 10_000 < left <= 20_000
    assert result.payload == {
        "id": result.request_id,
        "function_name": "ProbeFunction",
        "function_version": "$LATEST",
        "memory_limit_in_mb": "256",
        "invoked_function_arn": ARN,
        "log_group_name": "/local/probe",
        "identity": None,
        "client_context": None,
    }


def test_an_exception_is_described_as_lambda_does(start: Start, function: Function) -> None:
    result = invoke(start(), {"raise": "no luck"})
    frame = result.payload.pop("stackTrace")
    assert frame[0].startswith(f'  File "{function.folder / "app.py"}", line')
    assert result == InvocationResult(
        {"errorMessage": "no luck", "errorType": "ValueError", "requestId": result.request_id},
        True,
        result.request_id,
    )


def test_an_answer_that_is_no_json_is_an_error(start: Start) -> None:
    result = invoke(start(), {"give": "a set"})
    assert result.payload == {
        "errorType": "Runtime.MarshalError",
        "errorMessage": "Unable to marshal response: Object of type set is not JSON serializable",
        "stackTrace": [],
        "requestId": result.request_id,
    }


@pytest.mark.parametrize(
    ("code", "handler", "error"),
    [
        ("import nowhere", "app.handler", ("Runtime.ImportModuleError", "No module named 'nowhere'")),
        ("handler = 1 +", "app.handler", ("Runtime.UserCodeSyntaxError", "Syntax error in module 'app'")),
        ("x = 1", "app.handler", ("Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'")),
        ("1 / 0", "app.handler", ("ZeroDivisionError", "division by zero")),
    ],
)
def test_a_handler_that_cannot_be_loaded_says_so_at_each_invocation(
    start: Start, function: Function, code: str, handler: str, error: tuple[str, str]
) -> None:
    (function.folder / "app.py").write_text(code)
    lambdas = start(handler=handler)
    for _ in range(2):
        result = invoke(lambdas, {})
        assert result.failed
        assert result.payload["errorType"] == error[0]
        assert error[1] in result.payload["errorMessage"]


def test_what_a_function_prints_and_logs_is_on_the_terminal(
    start: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    lambdas = start()
    result = invoke(lambdas, {"say": "hello"})
    seen = ""
    while seen.count("\n") < 3:
        seen += capfd.readouterr().err
    printed, logged, failed = seen.splitlines()
    assert printed == "[ProbeFunction] hello"
    line = json.loads(logged.removeprefix("[ProbeFunction] "))
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "INFO",
        "message": "hello again",
        "logger": "probe",
        "requestId": result.request_id,
        "owner": "public",
    }
    error = json.loads(failed.removeprefix("[ProbeFunction] "))
    assert (error["level"], error["message"], error["errorType"]) == ("ERROR", "it failed", "KeyError")


def test_the_template_must_declare_the_endpoint(function: Function) -> None:
    bare = replace(function, variables={})
    with pytest.raises(EnvironmentIncomplete) as caught:
        variables_for(bare, {}, "http://127.0.0.1:4566")
    assert str(caught.value) == (
        'ProbeFunction does not declare AWS_ENDPOINT_URL: "" in the template. '
        "Without it, it would call the real AWS."
    )


def test_a_worker_ends_with_the_process_that_started_it(function: Function) -> None:
    worker = Path(__file__).parents[4] / "local" / "lambda_" / "worker.py"
    variables = variables_for(function, {}, "http://127.0.0.1:4566")
    process = subprocess.Popen(
        [sys.executable, "-P", str(worker), "app.handler"],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin and process.stdout
        assert process.stdout.readline() == '{"ready": true}\n'
        request = {"requestId": "1", "functionArn": ARN, "deadline": 0, "event": {"hang": True}}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.close()
        assert process.wait(10) == 0
