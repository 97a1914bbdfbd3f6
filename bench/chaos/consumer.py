"""A consumer of the events of a run: it applies them in any order, and some of them twice."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from common.object_keys import upload_key

if TYPE_CHECKING:
    from collections.abc import Mapping


class Consumer(ThreadingHTTPServer):
    """A web server that receives events within a `with` block, and refuses a share of the requests."""

    daemon_threads = True

    def __init__(self, seed: int, refused: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.counts: Counter[str] = Counter()  # of received and refused events
        self._refused = refused
        self._random = random.Random(f"consumer {seed}")
        self._lock = threading.Lock()
        self._received: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """Where to send events."""
        return f"http://127.0.0.1:{self.server_port}/events"

    def receive(self, event: Mapping[str, Any]) -> bool:
        """Keep an event. Return False if it is refused."""
        with self._lock:
            is_refused = self._random.random() < self._refused
            self.counts["refused" if is_refused else "received"] += 1
            if not is_refused:
                self._received.append(event["detail"])
            return not is_refused

    def endings(self) -> dict[str, str]:
        """Apply what was received, half of it twice, in a random order.

        Return how each image ended, by its key: done, or the code of its rejection.
        """
        with self._lock:
            details = self._received + self._random.sample(self._received, len(self._received) // 2)
            self._random.shuffle(details)
        newest: dict[str, Mapping[str, Any]] = {}
        for detail in details:
            key = upload_key(detail["owner"], detail["id"])
            if key not in newest or int(detail["sequence"]) > int(newest[key]["sequence"]):
                newest[key] = detail
        return {
            key: str(detail["reason"]["code"] if detail["status"] == "failed" else detail["status"])
            for key, detail in newest.items()
            if detail["status"] != "deleted"
        }


class _Handler(BaseHTTPRequestHandler):
    server: Consumer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204 if self.server.receive(event) else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Requests aren't logged."""
