"""`make run`: run the stack on this machine until Ctrl+C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from local.cli.console import EXPLAINED, say
from local.settings import read_host, read_port, stack_parameters, use_local_credentials
from local.stack import Stack

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_WELCOME = """
  Page      {stack.page_url}  (sign in as alice or bob, no password needed)
  API       {stack.api_url}
  AWS       {stack.aws_url}
  Sign-in   {stack.sign_in_url}

Press Ctrl+C to stop."""


def _stop(number: int, frame: FrameType | None) -> None:
    for stop in _STOP_SIGNALS:
        signal.signal(stop, signal.SIG_IGN)  # a second Ctrl+C must not interrupt the cleanup
    raise KeyboardInterrupt


def main() -> int:
    use_local_credentials(os.environ)
    for number in _STOP_SIGNALS:
        signal.signal(number, _stop)  # explicitly: SIGINT is ignored in a shell's background jobs
    try:
        host = read_host(os.environ)
        stack = Stack(
            web_port=read_port(os.environ, "WEB_PORT"),
            api_port=read_port(os.environ, "API_PORT"),
            aws_port=read_port(os.environ, "AWS_PORT"),
            sign_in_port=read_port(os.environ, "SIGN_IN_PORT"),
            host=host,
            aws_host=os.environ.get("AWS_HOST") or host,
            parameters=stack_parameters(os.environ),
            progress=say,
        )
        with stack:
            say(_WELCOME.format(stack=stack))
            print(f"ready {stack.page_url}", flush=True)
            threading.Event().wait()
    except EXPLAINED as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a normal exit would crash the native code of a recognition still in progress
