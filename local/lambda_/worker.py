"""The worker process of an execution environment: runs one function's handler.

It is started by path and imports nothing from `local`, so that a function sees its own folder only. It reads
requests from standard input and writes responses to standard output, each a line of JSON. The handler's own
output goes to standard error. The process exits when standard input closes, so it never outlives the stack.
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
    """The context object that Lambda passes to a handler."""

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


class JsonFormatter(logging.Formatter):
    """Lambda's JSON log format."""

    request_id: str | None = None
    _standard_attributes = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": self.request_id,
        }
        if record.exc_info and record.exc_info[1]:
            fields |= describe_error(record.exc_info[1])
        fields |= {key: value for key, value in vars(record).items() if key not in self._standard_attributes}
        return json.dumps({key: value for key, value in fields.items() if value is not None}, default=str)


def describe_error(error: BaseException, skip: int = 0) -> dict[str, Any]:
    """Describe an exception as Lambda does, without the first `skip` frames of the traceback."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[skip:])
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames}


def load_handler(path: str) -> Handler:
    """Import `package.module.function`; errors have the names and messages that Lambda uses."""
    module_name, _, function_name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        text = f"Unable to import module '{module_name}': {error}"
        raise _runtime_error("Runtime.ImportModuleError", text) from error
    except SyntaxError as error:
        text = f"Syntax error in module '{module_name}': {error}"
        raise _runtime_error("Runtime.UserCodeSyntaxError", text) from error
    handler: Handler | None = getattr(module, function_name, None)
    if handler is None:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        raise _runtime_error("Runtime.HandlerNotFound", text)
    return handler


def _runtime_error(name: str, message: str) -> Exception:
    return type(name, (Exception,), {})(message)  # type: ignore[no-any-return]


def handle(handler: Handler, request: dict[str, Any]) -> str:
    """Run the handler once and return the response as a line of JSON."""
    JsonFormatter.request_id = request["requestId"]
    try:
        result = handler(request["event"], Context(request))
    except Exception as error:  # process boundary: Lambda reports any exception that a handler raises
        return json.dumps({"error": {**describe_error(error, skip=1), "requestId": request["requestId"]}})
    try:
        return json.dumps({"result": result})
    except (TypeError, ValueError) as error:
        marshal_error = _runtime_error("Runtime.MarshalError", f"Unable to marshal response: {error}")
        return json.dumps({"error": {**describe_error(marshal_error), "requestId": request["requestId"]}})


def _set_up_logging() -> None:
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[stream])


def _read_requests(source: IO[str], requests: queue.SimpleQueue[str]) -> None:
    for line in source:
        requests.put(line)
    os._exit(0)  # the stack has exited; stop even in the middle of a request


def main(handler_path: str) -> None:
    source = os.fdopen(os.dup(0), encoding="utf-8")
    responses = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # so that a handler's own output can't be mistaken for a response
    sys.stdout = sys.stderr
    with open(os.devnull) as null:
        os.dup2(null.fileno(), 0)
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(source, requests), daemon=True).start()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    _set_up_logging()

    def respond(line: str) -> None:
        responses.write(line + "\n")
        responses.flush()

    try:
        handler = load_handler(handler_path)
    except Exception as error:  # process boundary: Lambda reports any exception that an import raises
        respond(json.dumps({"error": describe_error(error)}))
        return
    respond(json.dumps({"ready": True}))
    while True:
        respond(handle(handler, json.loads(requests.get())))


if __name__ == "__main__":
    main(sys.argv[1])
