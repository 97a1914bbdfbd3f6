"""`DATA=folder make run`, stopped and killed: whatever was answered is still there."""

from __future__ import annotations

import contextlib
import random
import resource
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException

from common.rejections import UNAVAILABLE
from local.cli.token import fetch_tokens
from local.http import send
from local.settings import DEFAULT_PORTS
from local.sign_in.user_pool import CLIENT_ID
from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION
from tests.stack.client import ImageFile, Run, wait_until

SEED = 7
KILLS = 4
CLIENTS = 3  # uploads at a time
PORTS = (20_000, 32_000)  # to choose from; Linux and macOS give out higher ones
# Pictures that are recognized at a time: one in a direct invocation, and a batch of the retry queue. A kill
# repeats at most their calls.
IN_PROGRESS = 11
INPUT, OUTPUT = (f"local-{name}-123456789012-us-east-1" for name in ("input", "output"))
GONE = (RequestException, BotoCoreError)  # the stack was killed meanwhile


class KeptStack:
    """A stack with the same folder and ports in each run."""

    def __init__(self, run: Run, folder: Path, **environ: str) -> None:
        self._run = run
        ports = free_ports(len(DEFAULT_PORTS))
        self._environ = {name: str(port) for name, port in zip(DEFAULT_PORTS, ports, strict=True)}
        urls = {name: f"http://127.0.0.1:{port}" for name, port in self._environ.items()}
        self.page, self.api, self.aws = urls["WEB_PORT"], urls["API_PORT"], urls["AWS_PORT"]
        self.sign_in = urls["SIGN_IN_PORT"]
        self.key_set = f"{self.sign_in}/.well-known/jwks.json"
        self.dead_letters = f"{self.aws}/123456789012/DeadLetterQueue"
        self._environ |= {"DATA": str(folder), "CONFIG_ENV": "default", **environ}

    def start(self, **environ: str) -> None:
        self._process: subprocess.Popen[str] = self._run("local", **self._environ, **environ)
        assert self._process.stdout
        assert self._process.stdout.readline() == f"ready {self.page}\n", self.end(signal.SIGKILL)

    def end(self, number: int | None = None) -> str:
        """Send a signal, if any, wait for the end, and return what the stack has printed."""
        if number is not None:
            self._process.send_signal(number)
        printed = self._process.communicate(timeout=60)[1]
        assert "Traceback" not in printed, printed
        return printed

    def limit_files(self, size: int) -> None:
        """Let the stack's files grow to this many bytes only, as a full disk would."""
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, size))

    def client(self, service: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.aws,
            region_name=REGION,
            aws_access_key_id=ADMIN_KEY,
            aws_secret_access_key=ADMIN_SECRET,
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    def call(self, method: str, path: str, token: str, **options: Any) -> Any:
        response = send(method, self.api + path, headers={"Authorization": f"Bearer {token}"}, **options)
        assert response.status_code in (200, 201, 202), response.text
        return response.json()

    def put(self, image: ImageFile, upload: dict[str, Any]) -> None:
        response = send(upload["method"], upload["url"], data=image.content, headers=upload["headers"])
        assert response.status_code == 200, response.text

    def calls(self) -> dict[str, int]:
        """Return the number of billed calls since the start, by operation."""
        calls = send("GET", f"{self.aws}/_local/rekognition").json()["calls"]
        return {operation: number for operation, number in calls.items() if number}

    def billed_calls(self) -> int:
        return sum(self.calls().values())

    def refresh(self, refresh_token: str) -> Any:
        form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": refresh_token}
        return send("POST", f"{self.sign_in}/oauth2/token", data=form).json()

    def image_ids(self, token: str) -> set[str]:
        """Return the ids of all images."""
        ids, cursor = set(), ""
        while True:
            page = self.call("GET", f"/images?limit=100{cursor}", token)
            ids |= {image["id"] for image in page["images"]}
            if not page["cursor"]:
                return ids
            cursor = f"&cursor={page['cursor']}"

    def wait_for_end(self, image_id: str, token: str) -> Any:
        """Wait until an image is done or failed, and return it."""

        def attempt() -> Any:
            image = self.call("GET", f"/images/{image_id}", token)["image"]
            return None if image["status"] == "pending" else image

        return wait_until(attempt)

    def complete(self, image_id: str, token: str) -> None:
        """Wait until an image is done; retry it once, like a person, if two kills interrupted its processing.

        The processor doesn't risk a third try: the image could be what ends the function.
        """
        image = self.wait_for_end(image_id, token)
        if image["status"] == "failed":
            assert image["reason"]["code"] == UNAVAILABLE
            self.call("POST", f"/images/{image_id}/retry", token)
            image = self.wait_for_end(image_id, token)
        assert image["status"] == "done"


class Uploader:
    """Uploads new images until it is stopped; notes which requests were answered."""

    def __init__(self, stack: KeptStack, token: str, new_image: Callable[[], ImageFile]) -> None:
        self._stack = stack
        self._token = token
        self._new_image = new_image
        self._numbers = count()
        self.asked: dict[str, ImageFile] = {}  # POST was answered
        self.stored: dict[str, ImageFile] = {}  # PUT was answered, too
        self.direct: dict[str, ImageFile] = {}  # direct uploads, by key

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        stopping = threading.Event()
        threads = [threading.Thread(target=self._run, args=(stopping,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join()

    def wait_for(self, number: int) -> None:
        """Wait until this many more uploads were answered."""
        goal = len(self.stored) + len(self.direct) + number
        wait_until(lambda: len(self.stored) + len(self.direct) >= goal or None)

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.wait(0.02):
            with contextlib.suppress(*GONE):
                self._upload_one()

    def _upload_one(self) -> None:
        image, number = self._new_image(), next(self._numbers)
        if number % 4 == 3:
            key = f"albums/{number}.jpg"
            self._stack.client("s3").put_object(Bucket=INPUT, Key=key, Body=image.content)
            self.direct[key] = image
            return
        document = self._stack.call("POST", "/uploads", self._token, json=image.request)
        self.asked[image.id] = image
        self._stack.put(image, document["upload"])
        self.stored[image.id] = image


def free_ports(number: int) -> set[int]:
    """Return ports that nothing listens on, and that the system gives to nobody between two runs."""
    ports: set[int] = set()
    while len(ports) < number:
        port = random.randrange(*PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            ports.add(port)
    return ports


def find(s3: Any, key: str) -> Any:
    """Return an object of the output bucket, or None if missing."""
    try:
        return s3.head_object(Bucket=OUTPUT, Key=key)
    except ClientError:
        return None


@pytest.mark.timeout(300)
def test_whatever_was_answered_survives_kills(
    run: Run, tmp_path: Path, new_image: Callable[[], ImageFile]
) -> None:
    moments = random.Random(SEED)
    stack = KeptStack(run, tmp_path / "data", REKOGNITION_LATENCY_MS="200", REKOGNITION_TPS="8")
    stack.start()
    tokens, keys = fetch_tokens(stack.sign_in, stack.page, "bob"), send("GET", stack.key_set).json()
    token = tokens["id_token"]
    dead = stack.client("sqs").send_message(QueueUrl=stack.dead_letters, MessageBody="kept")
    uploader, billed = Uploader(stack, token, new_image), 0
    for _ in range(KILLS):
        with uploader.running():
            uploader.wait_for(moments.randint(3, 9))
            time.sleep(moments.uniform(0.0, 0.5))
            billed += stack.billed_calls()
            stack.end(signal.SIGKILL)
        stack.start()

    for image in uploader.stored.values():
        assert stack.call("POST", "/uploads", token, json=image.request).keys() == {"image"}
    for image in (image for key, image in uploader.asked.items() if key not in uploader.stored):
        document = stack.call("POST", "/uploads", token, json=image.request)
        if "upload" in document:  # the kill was before the object was stored
            stack.put(image, document["upload"])
    for image_id in uploader.asked:
        stack.complete(image_id, token)
    s3 = stack.client("s3")
    for key, image in uploader.direct.items():
        assert s3.get_object(Bucket=INPUT, Key=key)["Body"].read() == image.content
        wait_until(partial(find, s3, f"{key}.json"))
    unanswered = CLIENTS * KILLS
    listed = stack.image_ids(token)
    assert uploader.asked.keys() <= listed
    assert len(listed) <= len(uploader.asked) + unanswered
    total = len(uploader.asked) + len(uploader.direct) + unanswered
    assert billed + stack.billed_calls() <= total + KILLS * IN_PROGRESS
    (message,) = stack.client("sqs").receive_message(QueueUrl=stack.dead_letters)["Messages"]
    assert (message["MessageId"], message["Body"]) == (dead["MessageId"], "kept")
    assert send("GET", stack.key_set).json() == keys
    refreshed = stack.refresh(tokens["refresh_token"])
    assert stack.call("GET", "/labels", refreshed["id_token"])["labels"]
    assert "error" in stack.refresh(tokens["refresh_token"])  # it was used
    stack.end(signal.SIGTERM)


@pytest.mark.timeout(240)
def test_a_restart_continues_where_the_stack_was_stopped(
    run: Run, tmp_path: Path, new_image: Callable[[], ImageFile]
) -> None:
    stack, image, late = KeptStack(run, tmp_path / "data"), new_image(), new_image()
    stack.start()
    token = fetch_tokens(stack.sign_in, stack.page, "alice")["id_token"]
    stack.put(image, stack.call("POST", "/uploads", token, json=image.request)["upload"])
    assert stack.wait_for_end(image.id, token)["status"] == "done"
    permission = stack.call("POST", "/uploads", token, json=late.request)["upload"]
    before, labels = stack.call("GET", f"/images/{image.id}", token), stack.call("GET", "/labels", token)
    assert f"Everything is kept in {tmp_path / 'data'}. To start over," in stack.end(signal.SIGINT)
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["stack.sqlite3"]

    stack.start()
    after = stack.call("GET", f"/images/{image.id}", token)
    assert (after["image"], after["result"]) == (before["image"], before["result"])
    assert stack.call("GET", "/labels", token) == labels
    assert send("GET", before["links"]["original"]).content == image.content
    stack.put(late, permission)  # which was signed before the restart
    assert stack.wait_for_end(late.id, token)["status"] == "done"
    second = run("local", DATA=str(tmp_path / "data"))
    assert second.communicate(timeout=60)[1].splitlines()[-1] == (
        f"{tmp_path}/data/stack.sqlite3 is in use by another local stack. "
        "Stop that one, or set DATA to another folder."
    )
    assert second.returncode == 1
    stack.end(signal.SIGTERM)


@pytest.mark.timeout(240)
def test_changed_detectors_are_asked_about_old_pictures(
    run: Run, tmp_path: Path, new_image: Callable[[], ImageFile]
) -> None:
    stack, image = KeptStack(run, tmp_path / "data"), new_image()
    stack.start()
    token = fetch_tokens(stack.sign_in, stack.page, "alice")["id_token"]
    stack.put(image, stack.call("POST", "/uploads", token, json=image.request)["upload"])
    assert stack.wait_for_end(image.id, token)["status"] == "done"
    before = stack.call("GET", f"/images/{image.id}", token)
    assert before["result"]["Recognition"]["Calls"].keys() == {"DetectLabels"}
    stack.end(signal.SIGINT)

    stack.start(SET="DetectText=true")
    for _ in range(2):  # the second time, nothing is missing
        retried = stack.call("POST", f"/images/{image.id}/retry", token)["image"]
        assert (retried["status"], retried["labels"]) == ("pending", before["image"]["labels"])
        assert stack.wait_for_end(image.id, token)["status"] == "done"
        after = stack.call("GET", f"/images/{image.id}", token)
        assert after["image"]["processedAt"] > retried["processedAt"]
        assert stack.calls() == {"DetectText": 1}
        assert after["result"]["Labels"] == before["result"]["Labels"]
        assert after["result"]["Recognition"]["Calls"].keys() == {"DetectLabels", "DetectText"}
        month = stack.call("GET", "/labels", token)["thisMonth"]
        assert (month["images"], month["billedCalls"]) == (1, 2)
    stack.end(signal.SIGTERM)


@pytest.mark.timeout(240)
def test_a_full_disk_ends_the_stack_and_loses_nothing(run: Run, tmp_path: Path) -> None:
    stack = KeptStack(run, tmp_path / "data")
    stack.start()
    stack.limit_files(4_000_000)
    s3, answered = stack.client("s3"), set()
    with contextlib.suppress(*GONE):
        for number in range(100):
            s3.put_object(Bucket=OUTPUT, Key=f"{number}", Body=bytes(500_000))
            answered.add(f"{number}")
    assert stack.end().splitlines()[-1].endswith("What was answered before is kept.")
    assert answered
    stack.start()
    kept = {entry["Key"] for entry in stack.client("s3").list_objects_v2(Bucket=OUTPUT)["Contents"]}
    assert kept >= answered
    stack.end(signal.SIGTERM)


def test_says_that_nothing_is_kept(run: Run) -> None:
    process = run("local")
    assert process.stdout
    assert process.stdout.readline().startswith("ready ")
    process.send_signal(signal.SIGINT)
    lines = process.communicate(timeout=20)[1].splitlines()
    assert lines[-2] == "Everything is gone when the stack stops. To keep it: DATA=data make run"


def test_explains_a_folder_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    process = run("local", DATA=str(file))
    output, errors = process.communicate(timeout=60)
    message = f"DATA must be a folder, but {file} is a file."
    assert (process.returncode, output, errors.splitlines()[-1]) == (1, "", message)
