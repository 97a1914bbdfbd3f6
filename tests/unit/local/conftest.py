"""A small function of the tests' own, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.lambda_.functions import Function
from local.lambda_.lambdas import Lambdas

HANDLER = """
import os
import sys
import logging
import threading

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
        case {"give": "a set"}:
            return {1}
        case {"give": "environment"}:
            return dict(os.environ)
        case {"give": "folders"}:
            return [os.getcwd(), sys.path[0]]
        case {"give": "process"}:
            return os.getpid()
        case {"give": "context"}:
            names = (
                "function_name", "function_version", "memory_limit_in_mb", "invoked_function_arn",
                "log_group_name", "identity", "client_context",
            )
            return {name: getattr(context, name) for name in names} | {
                "id": context.aws_request_id, "left": context.get_remaining_time_in_millis(),
            }
        case {"say": text}:
            print(text)
            logging.getLogger("probe").info("%s again", text, extra={"owner": "public"})
            try:
                raise KeyError(text)
            except KeyError:
                logging.getLogger("probe").exception("it failed")
    return event
"""


@pytest.fixture
def function(tmp_path: Path) -> Function:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    return Function(
        id="ProbeFunction",
        name="ProbeFunction",
        handler="app.handler",
        folder=folder,
        timeout=20.0,
        memory=256,
        variables={"AWS_ENDPOINT_URL": "", "TABLE": "Pictures"},
        json_logs=True,
        log_group="/local/probe",
        retries=2,
        failure_queue="RetryQueue",
    )


Start = Callable[..., Lambdas]


@pytest.fixture
def start(function: Function) -> Iterator[Start]:
    """Start Lambda with the probe function, changed as asked."""
    with ExitStack() as undo:

        def started(send: Callable[[str, str], None] = lambda queue, body: None, **changes: Any) -> Lambdas:
            lambdas = Lambdas(
                {function.id: replace(function, **changes)},
                endpoint_url="http://127.0.0.1:4566",
                credentials_for=lambda function_id: {"AWS_ACCESS_KEY_ID": f"key of {function_id}"},
                send=send,
                retry_delays=(0.01, 0.02),
            )
            undo.callback(lambdas.stop)
            lambdas.start()
            return lambdas

        yield started
