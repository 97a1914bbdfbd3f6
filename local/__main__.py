"""`make run`: run the stack on this machine until Ctrl+C."""

from __future__ import annotations

import os
import threading
from functools import partial

from local.cli.console import EXPLAINED, exit_at_once, interrupt_on_signals, say
from local.settings import stack_settings, use_local_credentials
from local.stack import Stack

_WELCOME = """
  Page      {stack.page_url}{hint}
  API       {stack.api_url}
  AWS       {stack.aws_url}
  Sign-in   {stack.sign_in_url}{events}

{data}
Press Ctrl+C to stop."""
_EVENTS = "\n  Events    to {url}"
_HINT = "  (sign in as alice or bob, no password needed)"
_KEPT = "Everything is kept in {folder}. To start over, stop the stack and delete this folder."
_NOT_KEPT = "Everything is gone when the stack stops. To keep it: DATA=data make run"


def main() -> int:
    use_local_credentials(os.environ)
    interrupt_on_signals()
    try:
        settings = stack_settings(os.environ)
        with Stack(**settings, on_data_failure=partial(exit_at_once, 1), progress=say) as stack:
            events = _EVENTS.format(url=stack.event_url) if stack.event_url else ""
            hint = _HINT if stack.has_own_users else ""
            data = _KEPT.format(folder=stack.data) if stack.data else _NOT_KEPT
            say(_WELCOME.format(stack=stack, hint=hint, events=events, data=data))
            print(f"ready {stack.page_url}", flush=True)
            threading.Event().wait()
    except EXPLAINED as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    exit_at_once(main())
