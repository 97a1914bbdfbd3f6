"""`make run`: run the stack on this machine until Ctrl+C."""

from __future__ import annotations

import os
import threading

from local.cli.console import EXPLAINED, exit_at_once, interrupt_on_signals, say
from local.settings import stack_settings, use_local_credentials
from local.stack import Stack

_WELCOME = """
  Page      {stack.page_url}{hint}
  API       {stack.api_url}
  AWS       {stack.aws_url}
  Sign-in   {stack.sign_in_url}{events}

Press Ctrl+C to stop."""
_EVENTS = "\n  Events    to {url}"
_HINT = "  (sign in as alice or bob, no password needed)"


def main() -> int:
    use_local_credentials(os.environ)
    interrupt_on_signals()
    try:
        with Stack(**stack_settings(os.environ), progress=say) as stack:
            events = _EVENTS.format(url=stack.event_url) if stack.event_url else ""
            hint = _HINT if stack.has_own_users else ""
            say(_WELCOME.format(stack=stack, hint=hint, events=events))
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
