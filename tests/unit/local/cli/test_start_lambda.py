"""`sam local start-lambda`, with a SAM CLI that imitates its output and its answers."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cli.start_lambda import StartLambda, StartLambdaFailed
from local.lambda_.environment import InvocationResult

SERVER = f"""#!{sys.executable}
import json, sys
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer

ANSWERS = {{
    "Echo": (200, None),
    "Raises": (200, {{"errorType": "E", "errorMessage": "m", "requestId": ""}}),
    "Missing": (404, {{"Type": "User", "Message": "Function not found"}}),
}}

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if "Breaks" in self.path:
            self.send_error(500, "no JSON")
            return
        status, body = ANSWERS[self.path.split("/")[3]]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body or event).encode())

    def log_request(self, *arguments):
        print("handled", file=sys.stderr, flush=True)

    def log_message(self, *arguments):
        pass

server = TCPServer(("127.0.0.1", 0), Handler)  # HTTPServer would look up its own name
url = "http://127.0.0.1:%d" % server.server_address[1]
print("banner\\n * Running on " + url + "\\nPress CTRL+C to quit", file=sys.stderr, flush=True)
server.serve_forever()
"""


@pytest.fixture
def use_sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def use(program: str) -> None:
        executable = tmp_path / "sam"
        executable.write_text(program)
        executable.chmod(0o755)
        monkeypatch.setattr("local.cli.start_lambda.SAM", executable)

    return use


def failure(**payload: str) -> InvocationResult:
    return InvocationResult(payload, True, "")


def test_invokes_functions_and_stops_without_an_error(
    use_sam: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_sam(SERVER)
    printed = io.StringIO()  # capsys loses lines that other threads write while it is read
    monkeypatch.setattr("sys.stderr", printed)
    with StartLambda([]) as functions:
        assert functions.invoke("Echo", {"a": "é"}) == InvocationResult({"a": "é"}, False, "")
        assert functions.invoke("Raises", {}) == failure(errorType="E", errorMessage="m", requestId="")
        missing = failure(errorType="User", errorMessage="Function not found")
        assert functions.invoke("Missing", {}) == missing
        assert functions.invoke("Breaks", {}).error.startswith("SamLocalError: sam local start-lambda ")
        deadline = time.monotonic() + 60
        while printed.getvalue().count("\n") < 4 and time.monotonic() < deadline:
            time.sleep(0.01)  # lines arrive after the responses
    assert printed.getvalue() == "handled\n" * 4


def test_reports_the_output_of_a_failed_start(use_sam: Callable[[str], None]) -> None:
    use_sam("#!/bin/sh\necho 'Error: no template' >&2\nexit 1\n")
    with pytest.raises(StartLambdaFailed) as caught, StartLambda([]):
        pass
    assert str(caught.value) == "sam local start-lambda failed:\nError: no template"
