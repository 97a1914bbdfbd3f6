"""Delivery of events to a URL."""

from __future__ import annotations

import json
import queue
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from urllib3.exceptions import LocationParseError

from local.aws import event_hook
from local.aws.event_hook import EventHook


class Receiver(ThreadingHTTPServer):
    """Answers with the given statuses, then with 200; keeps the requests and what they were answered."""

    def __init__(self, statuses: Sequence[int] = ()) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = list(statuses)
        self.received: queue.Queue[tuple[str, str, Any, int]] = queue.Queue()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?key=1"

    def get(self) -> tuple[Any, int]:
        """Wait for the next event, and return it with the status that it was answered."""
        _, _, event, status = self.received.get(timeout=10)
        return event, status


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Location", "/other")
        self.end_headers()
        self.server.received.put((self.path, self.headers["Content-Type"], event, status))

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_hook, "_MIN_DELAY", 0.01)


def test_an_error_that_is_not_one_of_requests_ends_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = iter([LocationParseError("a..b")] * 8)  # more than there are threads
    sent = Event()

    def post(*args: Any, **options: Any) -> Any:
        if error := next(errors, None):
            raise error
        sent.set()
        return SimpleNamespace(status_code=200)

    monkeypatch.setattr("requests.Session.post", post)
    lines: list[str] = []
    hook = EventHook("http://a..b/", lambda name, line: lines.append(line))
    hook.start()
    hook.deliver({"id": "1"})
    assert sent.wait(10)
    hook.stop()
    assert lines[0].startswith("http://a..b/ can't be reached: ")


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    with ExitStack() as cleanup:

        def receive(*statuses: int) -> Receiver:
            receiver = Receiver(statuses)
            cleanup.callback(receiver.server_close)
            Thread(target=receiver.serve_forever, args=(0.01,), daemon=True).start()
            cleanup.callback(receiver.shutdown)
            return receiver

        yield receive


@pytest.fixture
def lines() -> queue.Queue[str]:
    """What was logged."""
    return queue.Queue()


@pytest.fixture
def start(lines: queue.Queue[str]) -> Iterator[Callable[..., EventHook]]:
    with ExitStack() as cleanup:

        def start(url: str, **options: Any) -> EventHook:
            hook = EventHook(url, lambda name, line: lines.put(f"{name}: {line}"), **options)
            hook.start()
            cleanup.callback(hook.stop)
            return hook

        yield start


def wait_until_delivered(hook: EventHook) -> None:
    while hook.undelivered:
        Event().wait(0.01)


def test_posts_an_event_as_json(receive, start, lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")  # isn't used
    receiver = receive()
    hook = start(receiver.url)
    hook.deliver({"detail": "é"})
    assert receiver.received.get(timeout=10) == (
        "/hook?key=1",
        "application/json",
        {"detail": "é"},
        200,
    )
    wait_until_delivered(hook)
    assert lines.empty()


@pytest.mark.parametrize("status", [401, 407, 409, 429, 500, 503])
def test_repeats_an_event_until_it_is_accepted_and_says_so_once(receive, start, lines, status: int) -> None:
    receiver = receive(status, status, status)
    hook = start(receiver.url)
    hook.deliver("event")
    assert [receiver.get() for _ in range(4)] == [("event", status)] * 3 + [("event", 200)]
    assert lines.get(timeout=10) == (
        f"EVENTS: {receiver.url} answers with status {status}. "
        "Events wait, and are sent again until they are accepted."
    )
    assert lines.get(timeout=10) == f"EVENTS: {receiver.url} accepts events again."
    assert lines.empty()


@pytest.mark.parametrize("status", [302, 400, 404])
def test_an_event_that_is_refused_is_lost(receive, start, lines, status: int) -> None:
    receiver = receive(status)
    hook = start(receiver.url)
    hook.deliver("refused")
    assert receiver.get() == ("refused", status)
    wait_until_delivered(hook)
    hook.deliver("next")
    assert receiver.get() == ("next", 200)
    assert lines.get(timeout=10) == (
        f"EVENTS: {receiver.url} answers with status {status}. An event that is refused is lost."
    )


def test_says_once_that_nothing_listens_and_delivers_later(receive, start, lines) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook"
    hook = start(url)
    for number in range(20):
        hook.deliver(number)
    assert lines.get(timeout=10) == (
        f"EVENTS: {url} can't be reached: no connection. "
        "Events wait, and are sent again until they are accepted."
    )
    Event().wait(0.1)
    assert lines.empty()
    assert hook.undelivered == 20


def test_a_slow_receiver_blocks_nobody_and_only_so_many_events_wait(receive, start, lines) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts connections, but never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        hook = start(url, max_waiting=5)
        for number in range(50):
            hook.deliver(number)  # returns at once
        assert 5 <= hook.undelivered <= 9  # and four that are being sent
        assert lines.get(timeout=10) == f"EVENTS: 5 events wait for {url}. Newer ones are lost."
        assert lines.empty()
