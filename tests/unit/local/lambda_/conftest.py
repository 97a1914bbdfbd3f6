"""A test function in its own folder, and an invoker that runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.faults import Faults
from local.lambda_.environment import InvocationResult
from local.lambda_.functions import Function
from local.lambda_.invoker import FunctionInvoker
from local.lambda_.waiting import WaitingEvents
from local.logs import Log, log_line

HANDLER = """
import os
import sys
import logging
import threading
import time

def handler(event, context):
    match event:
        case {"raise": message}:
            raise ValueError(message)
        case {"exit": code}:
            os._exit(code)
        case {"hang": True}:
            threading.Event().wait()
        case {"size": size}:
            return "x" * size
        case {"return": "a set"}:
            return {1}
        case {"return": "environment"}:
            return dict(os.environ)
        case {"return": "folders"}:
            return [os.getcwd(), sys.path[0]]
        case {"return": "process"}:
            return os.getpid()
        case {"return": "context"}:
            names = (
                "function_name", "function_version", "memory_limit_in_mb", "invoked_function_arn",
                "log_group_name", "identity", "client_context",
            )
            return {name: getattr(context, name) for name in names} | {
                "id": context.aws_request_id, "remaining": context.get_remaining_time_in_millis(),
            }
        case {"log": text}:
            print(text)
            logging.getLogger("test").info("%s again", text, extra={"owner": "public"})
            try:
                raise KeyError(text)
            except KeyError:
                logging.getLogger("test").exception("it failed")
        case {"meet": count, "calls": path}:
            with open(path, "a") as file:
                file.write("x")
            while os.path.getsize(path) < count:
                time.sleep(0.01)
            return os.getpid()
        case {"fail": count, "calls": path}:
            with open(path, "a") as file:
                file.write(f"{context.aws_request_id}\\n")
            with open(path) as file:
                if len(file.readlines()) <= count:
                    raise ValueError("busy")
    return event
"""


@pytest.fixture
def function(tmp_path: Path) -> Function:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    return Function(
        id="TestFunction",
        name="TestFunction",
        handler="app.handler",
        folder=folder,
        timeout=20.0,
        memory=256,
        variables={"AWS_ENDPOINT_URL": "", "TABLE": "Images"},
        log_group="/local/test",
        retries=2,
        failure_queue="RetryQueue",
    )


Start = Callable[..., FunctionInvoker]
Invoke = Callable[[Any], InvocationResult]


@pytest.fixture
def start(function: Function) -> Iterator[Start]:
    """Start an invoker for the test function, with changed attributes if given."""
    with ExitStack() as cleanup:

        def start_invoker(
            send: Callable[[str, str], None] = lambda queue, body: None,
            concurrency: int = 2,
            faults: Mapping[str, float] | Faults | None = None,
            observe: Callable[[str, float, bool], None] = lambda name, seconds, failed: None,
            on_throttle: Callable[[str], None] = lambda name: None,
            waiting: WaitingEvents | None = None,
            log: Log = log_line,
            **changes: Any,
        ) -> FunctionInvoker:
            invoker = FunctionInvoker(
                {function.id: replace(function, **changes)},
                endpoint_url="http://127.0.0.1:4566",
                credentials_for=lambda function_id: {"AWS_ACCESS_KEY_ID": f"key of {function_id}"},
                send=send,
                speedup=6000,
                concurrency=concurrency,
                faults=faults if isinstance(faults, Faults) else Faults(faults),
                observe=observe,
                on_throttle=on_throttle,
                waiting=waiting,
                log=log,
            )
            cleanup.callback(invoker.stop)
            invoker.start()
            return invoker

        yield start_invoker


@pytest.fixture
def invoke(start: Start) -> Invoke:
    """Invoke the test function."""
    invoker = start()
    return lambda event: invoker.invoke("TestFunction", event)
