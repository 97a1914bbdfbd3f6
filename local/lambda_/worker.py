"""A Lambda execution environment: runs one handler in a process of its own.

It is started by path and imports nothing of `local`, so that a function sees its own folder only. Requests
come in as lines of JSON on standard input and answers go out on standard output; what the handler prints
goes to standard error. The end of standard input ends the process, so none outlives the stack.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import IO, Any

Handler = Callable[[Any, Any], Any]


class Context:
    """What Lambda hands to a handler beside the event."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id: str = request["requestId"]
        self.invoked_function_arn: str = request["functionArn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline: float = request["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message: str) -> None:
        sys.stdout.write(str(message))


class JsonLines(logging.Formatter):
    """Lambda's JSON log format."""

    request_id: str | None = None
    _usual = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": self.request_id,
        }
        if record.exc_info and record.exc_info[1]:
            error = failure(record.exc_info[1])
            line |= {key: error[key] for key in ("errorType", "errorMessage", "stackTrace")}
        line |= {key: value for key, value in vars(record).items() if key not in self._usual}
        return json.dumps({key: value for key, value in line.items() if value is not None}, default=str)


def failure(error: BaseException, skip: int = 0) -> dict[str, Any]:
    """Describe an exception as Lambda does; `skip` frames of the worker's own come first."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[skip:])
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames}


def load_handler(path: str) -> Handler:
    """Import `package.module.function`; what goes wrong is raised as Lambda names it."""
    module_name, _, function_name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise _named(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from error
    except SyntaxError as error:
        broken = f"Syntax error in module '{module_name}': {error}"
        raise _named("Runtime.UserCodeSyntaxError", broken) from error
    handler = getattr(module, function_name, None)
    if handler is None:
        missing = f"Handler '{function_name}' missing on module '{module_name}'"
        raise _named("Runtime.HandlerNotFound", missing)
    loaded: Handler = handler
    return loaded


def _named(kind: str, message: str) -> Exception:
    return type(kind, (Exception,), {})(message)  # type: ignore[no-any-return]


def answer(handler: Handler, request: dict[str, Any]) -> str:
    """Run the handler once and give the line that answers the request."""
    JsonLines.request_id = request["requestId"]
    try:
        result = handler(request["event"], Context(request))
    except Exception as error:  # the process boundary: Lambda reports whatever a handler raises
        return json.dumps({"error": {**failure(error, skip=1), "requestId": request["requestId"]}})
    try:
        return json.dumps({"result": result})
    except (TypeError, ValueError) as error:
        marshal = _named("Runtime.MarshalError", f"Unable to marshal response: {error}")
        return json.dumps({"error": {**failure(marshal), "requestId": request["requestId"]}})


def _set_up_logging() -> None:
    text = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    as_json = os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON"
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(JsonLines() if as_json else text)
    logging.getLogger().addHandler(sink)
    logging.getLogger().setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO" if as_json else "WARNING"))


def _read_requests(source: IO[str], requests: queue.SimpleQueue[str]) -> None:
    for line in source:
        requests.put(line)
    os._exit(0)  # the stack is gone; a handler in the middle of its work must not outlive it


def main(handler_path: str) -> None:
    source = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a handler's prints must not look like answers
    sys.stdout = sys.stderr
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(source, requests), daemon=True).start()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    _set_up_logging()

    def say(line: str) -> None:
        answers.write(line + "\n")
        answers.flush()

    try:
        handler = load_handler(handler_path)
    except Exception as error:  # the process boundary: Lambda reports whatever an import raises
        say(json.dumps({"error": failure(error)}))
        return
    say(json.dumps({"ready": True}))
    while True:
        say(answer(handler, json.loads(requests.get())))


if __name__ == "__main__":
    main(sys.argv[1])
