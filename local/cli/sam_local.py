"""Run the functions in containers: `python -m local.cli.sam_local invoke FUNCTION EVENT`, or `start-api`.

Both use the local stack that listens on AWS_PORT, or one that is started for the command.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from local.api.http_api import HttpApi
from local.api.routes import load_api_settings
from local.cli.bytecode import compile_built
from local.cli.clients import client_ids
from local.cli.console import EXPLAINED, exit_at_once, interrupt_on_signals, say
from local.cli.docker import Engine, EngineUnavailable, architecture, find_engine, relay
from local.cli.sam import local_environment, parameter_overrides, run_sam
from local.cli.start_lambda import StartLambda, StartLambdaFailed
from local.http import send
from local.logs import log_problems
from local.server import Server
from local.settings import DEFAULT_PORTS, ROOT, read_host, read_port, stack_settings
from local.sign_in.clients import expand_audience
from local.sign_in.user_pool import CLIENT_ID
from local.stack import Stack
from local.template.template import Template

_HOST_NAME = "host.docker.internal"
_HEALTH_TIMEOUT = 2  # seconds


@dataclass(frozen=True)
class RunningStack:
    """A local stack that containers can reach."""

    parameters: Mapping[str, str]  # of its template
    env_vars: Path  # for `sam local --env-vars`


def main(arguments: Sequence[str]) -> int:
    interrupt_on_signals()
    try:
        engine = find_engine()
        match arguments:
            case ["invoke", function, event]:
                return invoke(engine, function, event)
            case ["start-api"]:
                return start_api(engine)
    except (EngineUnavailable, StartLambdaFailed, *EXPLAINED) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 0
    say("Use: invoke FUNCTION EVENT, or start-api.")
    return 1


def invoke(engine: Engine, function_id: str, event: str) -> int:
    """Run `sam local invoke`, and return its exit code."""
    if exit_code := build():
        return exit_code
    ports = {"web_port": 0, "api_port": 0, "sign_in_port": 0}  # only AWS is needed
    with running_stack(engine, ports) as stack:
        options = sam_local_options(engine, stack)
        return run_sam(["local", "invoke", function_id, "--event", event, *options], local_environment())


def start_api(engine: Engine) -> int:
    """Serve the API of the template in front of the containers until Ctrl+C.

    `sam local start-api` can't do it: it has no JWT authorizer, so the functions would know no owner.
    """
    with contextlib.ExitStack() as cleanup:
        server = Server(read_host(os.environ), read_port(os.environ, "START_API_PORT"), "START_API_PORT")
        cleanup.callback(server.stop)
        if exit_code := build():
            return exit_code
        stack = cleanup.enter_context(running_stack(engine, {"api_port": 0}))
        functions = cleanup.enter_context(StartLambda(sam_local_options(engine, stack)))
        template = Template.load(ROOT / "template.yaml", stack.parameters)
        issuer = stack.parameters["SignInIssuer"]
        expand = partial(expand_audience, programs=lambda: client_ids(issuer))
        api = HttpApi(load_api_settings(template, expand), functions.invoke)
        cleanup.callback(api.stop)
        cleanup.callback(server.stop)  # first, so that no request arrives after the API's threads have ended
        server.serve(api)
        say(f"\n  API       {server.url}  ({_token_advice(stack.parameters)})\n\nPress Ctrl+C to stop.")
        print(f"ready {server.url}", flush=True)
        return functions.wait()


def build() -> int:
    """Build for this machine's architecture and return the exit code."""
    env = local_environment()
    options = parameter_overrides({"Architecture": architecture()})
    return run_sam(["build", *options], env) or compile_built(env)


@contextlib.contextmanager
def running_stack(engine: Engine, settings: Mapping[str, Any]) -> Iterator[RunningStack]:
    """Make the local stack on AWS_PORT reachable from containers. Start one if none is running.

    `settings` override those of `make run` for a stack that is started.
    """
    aws_port = read_port(os.environ, "AWS_PORT")
    with contextlib.ExitStack() as cleanup:
        parameters = _find_parameters(aws_port)
        if parameters is None:
            say(
                f"No local stack is running on port {aws_port}, so one is started for this command. It ends "
                "with the command, and so do presigned URLs. To keep them, start make run first."
            )
            started = Stack(**{**stack_settings(os.environ), **settings}, progress=say, log=log_problems)
            cleanup.enter_context(started)
            parameters, aws_port = started.template.parameters, urlsplit(started.aws_url).port or 0
        yield cleanup.enter_context(reachable_stack(engine, parameters, aws_port))


@contextlib.contextmanager
def reachable_stack(engine: Engine, parameters: Mapping[str, str], aws_port: int) -> Iterator[RunningStack]:
    """Make a running stack reachable from containers."""
    with contextlib.ExitStack() as cleanup:
        if address := engine.gateway():
            with contextlib.suppress(OSError):  # in use if the stack listens on every address
                cleanup.enter_context(relay(address, aws_port, ("127.0.0.1", aws_port)))
        file = Path(cleanup.enter_context(tempfile.TemporaryDirectory())) / "local-env.json"
        committed = (ROOT / "events" / "local-env.json").read_text()
        file.write_text(committed.replace(f":{DEFAULT_PORTS['AWS_PORT']}", f":{aws_port}"))
        yield RunningStack(parameters, file)


def sam_local_options(engine: Engine, stack: RunningStack, **parameters: str) -> list[str]:
    """Return the options of `sam local` for a stack. `parameters` override the stack's."""
    # SAM CLI runs every function, whatever its condition, and the publisher needs the name of a bus.
    bus = stack.parameters.get("EventBusName") or "default"
    values = {**stack.parameters, "EventBusName": bus, **parameters, "Architecture": architecture()}
    options = ["--env-vars", str(stack.env_vars), "--add-host", f"{_HOST_NAME}:host-gateway"]
    options += parameter_overrides(values)
    return [*options, "--skip-pull-image"] if engine.has_base_image() else options


def _find_parameters(aws_port: int) -> Mapping[str, str] | None:
    """Return the parameters of the stack that listens on this port, or None if there is none."""
    try:
        response = send("GET", f"http://127.0.0.1:{aws_port}/_local/health", timeout=_HEALTH_TIMEOUT)
        parameters: Mapping[str, str] = response.json()["parameters"]
    except (requests.RequestException, ValueError, LookupError, TypeError):
        return None
    return parameters


def _token_advice(parameters: Mapping[str, str]) -> str:
    """Return how to get a token for the API."""
    if parameters["SignInClientId"] != CLIENT_ID:
        return f"it accepts ID tokens of {parameters['SignInIssuer']}"
    page_port = urlsplit(parameters["PageOrigin"]).port
    suffix = "" if page_port == read_port(os.environ, "WEB_PORT") else f" WEB_PORT={page_port}"
    return f"get a token with: make token USER=alice{suffix}"


if __name__ == "__main__":
    exit_at_once(main(sys.argv[1:]))
