"""The messages between the function and its imaging process.

A message is JSON, followed by byte strings. It isn't pickled: a file that takes over a decoder must not be
able to run code in the function, which has the credentials.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# The kinds of messages, in the order in which they are sent: the request, and the answers.
PREPARE = "prepare"
RECEIVED = "received"  # from now on, the process's end is the file's fault
HEADER, DECODED = "header", "decoded"
PREPARED, REJECTED, FAILED = "prepared", "rejected", "failed"


def send(connection: Connection, kind: str, members: dict[str, Any], *parts: bytes) -> None:
    """Send a message. Raises OSError if the other process has ended."""
    connection.send_bytes(json.dumps([kind, members, len(parts)]).encode())
    for part in parts:
        connection.send_bytes(part)


def receive(connection: Connection) -> tuple[str, dict[str, Any], list[bytes]]:
    """Wait for a message: its kind, its members and its parts. Raises OSError or EOFError as `send` does."""
    kind, members, count = json.loads(connection.recv_bytes())
    return kind, members, [connection.recv_bytes() for _ in range(count)]
