"""`make run`: the stack on this machine until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from local.cli.settings import leave_real_aws_alone, port, stack_parameters
from local.lambda_.environment import EnvironmentIncomplete
from local.rekognition import SettingError
from local.serving import AddressUnusable
from local.stack import ROOT, Stack
from local.template.intrinsics import ResolutionError
from local.template.parameters import ParameterError
from local.template.template import TemplateError

# Each says in a sentence what is wrong and what would be right.
EXPLAINED = (
    AddressUnusable,
    EnvironmentIncomplete,
    ParameterError,
    SettingError,
    TemplateError,
    ResolutionError,
)


_STOPS = (signal.SIGINT, signal.SIGTERM)


def _stop(number: int, frame: FrameType | None) -> None:
    for stop in _STOPS:
        signal.signal(stop, signal.SIG_IGN)  # a second Ctrl-C must not cut the clearing up short
    raise KeyboardInterrupt


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    leave_real_aws_alone(os.environ)
    for number in _STOPS:
        signal.signal(number, _stop)  # a shell's background job would ignore Ctrl-C otherwise
    try:
        host = os.environ.get("HOST") or "127.0.0.1"
        stack = Stack(
            web_port=port(os.environ, "WEB_PORT", 8080),
            api_port=port(os.environ, "API_PORT", 3000),
            aws_port=port(os.environ, "AWS_PORT", 4566),
            sign_in_port=port(os.environ, "SIGN_IN_PORT", 9000),
            host=host,
            aws_host=os.environ.get("AWS_HOST") or host,
            parameters=stack_parameters(os.environ, ROOT),
            progress=say,
        )
        with stack:
            say(f"The API is at {stack.api_url}, AWS at {stack.aws_url}, sign-in at {stack.sign_in_url}.")
            say("Sign in as alice or bob. Ctrl-C stops everything.")
            print(f"ready {stack.page_url}", flush=True)
            threading.Event().wait()
    except EXPLAINED as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
