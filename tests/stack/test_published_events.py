"""`EVENTS=… make run` sends an event for each image that is done, failed or deleted."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from common.object_keys import result_key, upload_key
from glimpse import Client, IdToken
from glimpse import ImageFile as UploadFile
from local.sign_in.user_pool import USERS
from tests.stack.client import ImageFile, Run

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(json.loads((ROOT / "docs" / "event.schema.json").read_text("utf-8")))
OWNER = USERS["bob"].sub
MAX_SECONDS = 1.0  # from the change of the record to the event's arrival


class Hook(ThreadingHTTPServer):
    """Keeps the events with the times of their arrival, in epoch seconds. Refuses the first one once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.events: Queue[tuple[float, dict[str, Any]]] = Queue()
        self.failures = 1


class Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        arrived_at = time.time()
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_refused, self.server.failures = self.server.failures > 0, 0
        self.send_response(503 if is_refused else 204)
        self.end_headers()
        if not is_refused:
            self.server.events.put((arrived_at, event))

    def log_message(self, *args: Any) -> None:
        pass


@dataclass
class Running:
    """The API of a running stack, as bob sees it, and the events of his images."""

    hook: Hook
    client: Client

    def next_event(self) -> tuple[float, dict[str, Any]]:
        """Wait for the next event, and return the time of its arrival and its valid detail."""
        arrived_at, event = self.hook.events.get(timeout=30)
        detail = event.pop("detail")
        VALIDATOR.validate(detail)
        assert re.fullmatch("[0-9a-f-]{36}", event.pop("id"))
        assert event == {
            "version": "0",
            "source": "image-recognition",
            "detail-type": f"Image {detail['status'].title()}",
            "account": "123456789012",
            "region": "us-east-1",
            "time": f"{detail['time'][:19]}Z",
            "resources": [],
        }
        assert (detail["stack"], detail["owner"]) == ("local", OWNER)
        return arrived_at, detail


@pytest.fixture
def running(run: Run) -> Iterator[Running]:
    hook = Hook()
    Thread(target=hook.serve_forever, args=(0.05,), daemon=True).start()
    url = f"http://127.0.0.1:{hook.server_port}/hook"
    process = run("local", EVENTS=url)
    assert process.stdout
    assert process.stderr
    page = process.stdout.readline().removeprefix("ready ").strip()
    lines = list(takewhile(lambda line: "Ctrl+C" not in line, process.stderr))
    assert f"  Events    to {url}\n" in lines
    urls = dict(line.split()[:2] for line in lines if "http://" in line)
    ports = {"WEB_PORT": page.rpartition(":")[2], "SIGN_IN_PORT": urls["Sign-in"].rpartition(":")[2]}
    Thread(target=process.stderr.read, daemon=True).start()  # so that the pipe doesn't fill up
    token, _ = run("local.cli.token", "bob", **ports).communicate(timeout=30)
    with Client(urls["API"], IdToken(token.strip())) as client:
        yield Running(hook, client)
    hook.shutdown()
    hook.server_close()


def test_done_failed_and_deleted_images_are_events_within_a_second(
    running: Running, new_image: Callable[[], ImageFile], new_file: Callable[..., ImageFile], tmp_path: Path
) -> None:
    photo = tmp_path / "photo of Ada.jpg"
    photo.write_bytes(new_image().content)
    image = running.client.recognize(photo)["image"]
    _, detail = running.next_event()  # late, because it was refused once
    assert detail["id"] == image["id"]
    assert (detail["labels"], detail["flags"], detail["time"]) == (
        image["labels"],
        image["flags"],
        image["processedAt"],
    )
    key = upload_key(OWNER, image["id"])
    assert detail["resultKey"] == result_key(key)
    assert "Ada" not in str(detail)

    first_sequence = int(detail["sequence"])
    running.client.delete(image["id"])
    deleted_at = time.time()
    arrived_at, detail = running.next_event()
    assert (detail["id"], detail["status"], detail["cause"]) == (image["id"], "deleted", "deleted")
    assert arrived_at - deleted_at < MAX_SECONDS
    assert int(detail["sequence"]) > first_sequence

    for content, status in ((photo.read_bytes(), "done"), (new_file(b"notes").content, "failed")):
        image_id = running.client.upload(UploadFile.from_bytes(photo.name, content))["id"]
        arrived_at, detail = running.next_event()
        assert (detail["id"], detail["status"]) == (image_id, status)
        assert arrived_at - datetime.fromisoformat(detail["time"]).timestamp() < MAX_SECONDS
        assert int(detail["sequence"]) > first_sequence
    assert detail["reason"]["code"] == "not-an-image"
    assert running.hook.events.empty()


def test_explains_an_invalid_url_for_events(run: Run) -> None:
    _, errors = run("local", EVENTS="localhost:9999").communicate(timeout=60)
    assert errors.splitlines()[-1] == (
        "EVENTS must be the http or https URL of a server that receives events, such as "
        "http://127.0.0.1:9999/hook, not 'localhost:9999'."
    )
