"""A cold start: imports a function's handler as Lambda does, and answers one event.

It is run by path, in the environment of the function, and imports nothing else of `bench`. It reads the
event from the standard input. It prints the result, and the CPU seconds until the handler was imported and
until it had answered, with those of its child processes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import sys
import time
from importlib import import_module
from pathlib import Path


class Context:
    """What the handlers read of Lambda's context."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def main() -> None:
    """Import, answer, and print; the function's own output is discarded."""
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    event = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(import_module(module), name)
        imported = time.process_time()
        result = handler(event, Context())
    answered = time.process_time() + _end_children()
    print(json.dumps({"result": result, "imported": imported, "answered": answered, "megabytes": _peak()}))
    sys.stdout.flush()
    os._exit(0)  # nothing after the answer counts


def _peak() -> float:
    """Return the largest resident size in MB. That of `getrusage` includes the parent before `exec`."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) / 1024


def _end_children() -> float:
    """End the child processes, as they don't end by themselves. Return their CPU seconds."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)  # the process was started as the leader of a group
    with contextlib.suppress(ChildProcessError):  # none is left
        while True:
            os.wait()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
