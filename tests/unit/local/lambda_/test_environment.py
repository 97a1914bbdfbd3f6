"""Environment variables, context, results, and logs of a function, with a real worker process."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.lambda_ import pool
from local.lambda_.environment import InvocationResult, lambda_variables
from local.lambda_.functions import Function
from local.template.template import TemplateError
from tests.unit.local.lambda_.conftest import HANDLER

if TYPE_CHECKING:
    from tests.unit.local.lambda_.conftest import Invoke, Start

ARN = "arn:aws:lambda:us-east-1:123456789012:function:TestFunction"


def test_returns_the_result_unchanged(invoke: Invoke) -> None:
    event = {"text": "é ✓ \ud800", "number": 1.5, "nothing": None}
    result = invoke(event)
    assert result == InvocationResult(event, False, result.request_id)


def test_sets_lambdas_variables_and_hides_this_machines(
    start: Start, function: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("SECRET", "mine")
    variables = start().invoke("TestFunction", {"return": "environment"}).payload
    stream = variables.pop("AWS_LAMBDA_LOG_STREAM_NAME")
    variables.pop("LC_CTYPE", None)  # set by Python if the machine lacks the locale
    variables.pop("__CF_USER_TEXT_ENCODING", None)  # set by macOS
    assert stream.startswith("local/[$LATEST]")
    assert variables == {
        "AWS_ACCESS_KEY_ID": "key of TestFunction",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": "TestFunction",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/local/test",
        "AWS_REGION": "us-east-1",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "LAMBDA_TASK_ROOT": str(function.folder),
        "LANG": "en_US.UTF-8",
        "MALLOC_MMAP_THRESHOLD_": "1048576",  # for this machine's memory
        "PATH": os.environ["PATH"],
        "TABLE": "Images",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }


def test_runs_in_the_functions_folder(invoke: Invoke, function: Function) -> None:
    assert invoke({"return": "folders"}).payload == [str(function.folder)] * 2


def test_passes_lambdas_context(invoke: Invoke) -> None:
    result = invoke({"return": "context"})
    assert 10_000 < result.payload.pop("remaining") <= 20_000
    assert result.payload == {
        "id": result.request_id,
        "function_name": "TestFunction",
        "function_version": "$LATEST",
        "memory_limit_in_mb": "256",
        "invoked_function_arn": ARN,
        "log_group_name": "/local/test",
        "identity": None,
        "client_context": None,
    }


def test_describes_an_exception_as_lambda_does(invoke: Invoke, function: Function) -> None:
    result = invoke({"raise": "no luck"})
    frame = result.payload.pop("stackTrace")
    assert frame[0].startswith(f'  File "{function.folder / "app.py"}", line')
    assert result == InvocationResult(
        {"errorMessage": "no luck", "errorType": "ValueError", "requestId": result.request_id},
        True,
        result.request_id,
    )


def test_rejects_a_result_that_is_not_json(invoke: Invoke) -> None:
    result = invoke({"return": "a set"})
    assert result.payload == {
        "errorType": "Runtime.MarshalError",
        "errorMessage": "Unable to marshal response: Object of type set is not JSON serializable",
        "stackTrace": [],
        "requestId": result.request_id,
    }


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        ("import nowhere", "Runtime.ImportModuleError", "No module named 'nowhere'"),
        ("handler = 1 +", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
    ],
)
def test_reports_an_import_error_at_each_invocation(
    start: Start, function: Function, code: str, error_type: str, message: str
) -> None:
    (function.folder / "app.py").write_text(code)
    invoker = start()
    for _ in range(2):
        result = invoker.invoke("TestFunction", {})
        assert (result.failed, result.payload["errorType"]) == (True, error_type)
        assert message in result.payload["errorMessage"]


def test_logs_an_import_error_at_the_start(start: Start, function: Function) -> None:
    (function.folder / "app.py").write_text("1 / 0")
    lines: queue.Queue[tuple[str, str]] = queue.Queue()
    start(log=lambda name, line: lines.put((name, line)))
    assert lines.get(timeout=60) == ("TestFunction", "ZeroDivisionError: division by zero")


def test_logs_that_a_worker_cannot_be_started(start: Start, function: Function) -> None:
    lines: queue.Queue[tuple[str, str]] = queue.Queue()
    missing = function.folder / "missing"
    start(log=lambda name, line: lines.put((name, line)), folder=missing)
    text = f"The worker can't be started in {missing}: No such file or directory."
    assert lines.get(timeout=60) == ("TestFunction", text)


def test_an_event_waits_for_the_worker_that_is_being_started(
    start: Start, function: Function, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = threading.Event()

    class Idle(pool.IdleEnvironments):
        def put(self, environment: Any) -> None:
            super().put(environment)
            started.set()

    monkeypatch.setattr(pool, "IdleEnvironments", Idle)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    (function.folder / "app.py").write_text(f"open({str(gate)!r}).read()\n{HANDLER}")
    lines: queue.Queue[tuple[str, str]] = queue.Queue()
    invoker = start(log=lambda name, line: lines.put((name, line)))
    processes: queue.Queue[Any] = queue.Queue()

    def invoke() -> None:
        processes.put(invoker.invoke("TestFunction", {"return": "process"}).payload)

    with gate.open("w"):  # waits until the import has come to the gate
        assert started.wait(60)
        threading.Thread(target=invoke, daemon=True).start()
    assert processes.get(timeout=60) == invoker.invoke("TestFunction", {"return": "process"}).payload
    invoker.wait_until_warm()
    assert invoker.environments("TestFunction") == 1
    assert lines.empty()


def test_logs_the_functions_output_and_records(start: Start) -> None:
    lines: queue.Queue[tuple[str, str]] = queue.Queue()
    invoker = start(log=lambda name, line: lines.put((name, line)))
    result = invoker.invoke("TestFunction", {"log": "hello"})
    names, output = zip(*(lines.get(timeout=60) for _ in range(3)), strict=True)
    assert names == ("TestFunction",) * 3
    printed, logged, failed = output
    assert printed == "hello\n"
    line = json.loads(logged)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "INFO",
        "message": "hello again",
        "logger": "test",
        "requestId": result.request_id,
        "owner": "public",
    }
    error = json.loads(failed)
    assert (error["level"], error["message"], error["errorType"]) == ("ERROR", "it failed", "KeyError")


def test_requires_a_function_to_declare_the_endpoint_variable(function: Function) -> None:
    undeclared = replace(function, variables={})
    with pytest.raises(TemplateError) as caught:
        lambda_variables(undeclared, {}, "http://127.0.0.1:4566")
    assert str(caught.value) == (
        "TestFunction would call the real AWS: its Environment in the template doesn't have "
        'AWS_ENDPOINT_URL. Add AWS_ENDPOINT_URL: "".'
    )


def test_worker_exits_when_its_input_closes(function: Function) -> None:
    worker = Path(__file__).parents[4] / "local" / "lambda_" / "worker.py"
    variables = lambda_variables(function, {}, "http://127.0.0.1:4566")
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


@pytest.mark.parametrize(
    ("declared", "speedup", "expected"),
    [
        ({}, 60, {}),
        ({"LEASE_SECONDS": "60"}, 1, {"LEASE_SECONDS": "60"}),
        ({"LEASE_SECONDS": "600"}, 60, {"LEASE_SECONDS": "10"}),
        ({"LEASE_SECONDS": "60"}, 1200, {"LEASE_SECONDS": "5"}),
        ({"RECOVER_AFTER_SECONDS": "3600"}, 60, {"RECOVER_AFTER_SECONDS": "60"}),
        ({"RECOVER_AFTER_SECONDS": "300"}, 60, {"RECOVER_AFTER_SECONDS": "30"}),
    ],
)
def test_shortens_leases_and_the_age_of_a_recovery_as_it_shortens_delays(
    function: Function, declared: dict[str, str], speedup: float, expected: dict[str, str]
) -> None:
    shortened = replace(function, variables={**function.variables, **declared})
    variables = lambda_variables(shortened, {}, "http://127.0.0.1:4566", speedup)
    names = ("LEASE_SECONDS", "RECOVER_AFTER_SECONDS")
    assert {name: variables[name] for name in names if name in variables} == expected
