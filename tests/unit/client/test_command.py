"""The command `glimpse`, against an API that the tests play."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import count
from pathlib import Path
from stat import S_IMODE
from threading import Barrier, Lock, Semaphore
from typing import Any

import httpx
import pytest
from tqdm import tqdm

from glimpse import Client, IdToken
from glimpse.cli.main import main
from glimpse.cli.terminal import replacement
from glimpse.cli.upload import BAR
from glimpse.errors import FileChanged
from glimpse.session import Session
from glimpse.store import CredentialStore
from glimpse.uploader import Uploader
from tests.unit.client.conftest import API, Clock, ok, problem

ROOT = Path(__file__).parents[3]
PAGE = "https://pictures.example.com"
STORAGE = "https://storage.example.com"
NO_SEARCH = "the search of --query is empty; to delete all pictures, use --all"
NO_VALUE = "Put a value directly after label: without a space."
LIMIT = "You have reached the limit of 2 uploads a day. Upload more after 00:00 UTC on November 23."


def image_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class Stack:
    """The API and the storage, in memory. An image is done at the second poll; one named `bad` fails."""

    def __init__(self) -> None:
        self.images: dict[str, dict[str, Any]] = {}
        self.stored: Counter[str] = Counter()
        self.polls: Counter[str] = Counter()
        self.lines: list[str] = []
        self.gone: set[str] = set()  # deleted meanwhile
        self.limit = 1_000
        self.outage: httpx.Response | None = None  # of uploads
        self.second_page: httpx.Response | None = None  # of a list
        self.cut_offs = 0  # of downloads
        self.on_put: Callable[[], None] = lambda: None
        self._lock = Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        path = request.url.path.removeprefix("/prod")
        if str(request.url).startswith(STORAGE):
            self.on_put()
        with self._lock:
            self.lines.append(f"{request.method} {path}")
            if str(request.url).startswith(STORAGE):
                return self._serve(request.method, path.removeprefix("/"))
            document = json.loads(content) if content else {}
            return self._respond(request, path, document)

    def _serve(self, method: str, name: str) -> httpx.Response:
        if method == "GET":
            if self.cut_offs:
                self.cut_offs -= 1
                return httpx.Response(200, content=_cut_off())
            return httpx.Response(200, content=f"bytes of {name}".encode())
        self.stored[name] += 1
        return httpx.Response(200)

    def _respond(self, request: httpx.Request, path: str, document: dict[str, Any]) -> httpx.Response:
        if path == "/uploads":
            if self.outage:
                return self.outage
            return self._upload(document)
        if path == "/images/batch":
            act = self._poll if document["action"] == "get" else self._delete
            return ok({"results": [act(each) for each in document["ids"]]}, 200, retry_after="0")
        if path == "/images":
            query = request.url.params.get("q", "")
            if query.endswith(":"):
                return problem(400, "invalid-query", NO_VALUE)
            found = [each for each in self.images.values() if query in each["fileName"]]
            if self.second_page and "cursor" in request.url.params:
                return self.second_page
            return ok({"images": found, "cursor": self.second_page and "next"})
        name = path.rpartition("/")[2]
        if name not in self.images:
            return problem(404, "not-found", "This picture doesn't exist. It may have been deleted.")
        links = {"original": f"{STORAGE}/{name}"}
        return ok({"image": self.images[name], "result": {"SchemaVersion": "1"}, "links": links})

    def _upload(self, request: dict[str, Any]) -> httpx.Response:
        name = request["sha256"]
        if self.stored[name]:
            return ok({"image": self.images[name]})
        if name not in self.images and len(self.images) == self.limit:
            return problem(429, "quota-exceeded", LIMIT, headers={"Retry-After": "3600"})
        self.images[name] = {
            "id": name,
            "status": "pending",
            "fileName": request["fileName"],
            "labels": [],
        }
        upload = {"method": "PUT", "url": f"{STORAGE}/{name}", "headers": {}, "expiresAt": "…"}
        return ok({"image": self.images[name], "upload": upload}, 201)

    def _poll(self, name: str) -> dict[str, Any]:
        self.polls[name] += 1
        if name in self.gone:
            return _missing(name)
        image = self.images[name]
        if self.polls[name] > 1 and image["fileName"].startswith("bad"):
            image |= {"status": "failed", "reason": {"code": "damaged", "message": "The picture is damaged."}}
        elif self.polls[name] > 1:
            image |= {"status": "done", "labels": [{"name": "Cat", "confidence": 98.5}]}
        return {"id": name, "status": 200, "image": {**image, "thumbnailUrl": "secret"}}

    def _delete(self, name: str) -> dict[str, Any]:
        if self.images.pop(name, None):
            return {"id": name, "status": 204}
        return _missing(name)

    def add(self, *names: str) -> None:
        for name in names:
            self.images[image_id(name)] = {
                "id": image_id(name),
                "status": "done",
                "fileName": name,
                "labels": [{"name": "Cat", "confidence": 98.5}],
            }


def _cut_off() -> Iterator[bytes]:
    yield b"a longer beginning than all of it, because of what stands before it in the file"
    raise httpx.ReadError("reset")


def _missing(name: str) -> dict[str, Any]:
    detail = "This picture doesn't exist. It may have been deleted."
    return {"id": name, "status": 404, "code": "not-found", "detail": detail}


class FakeSession(Session):
    """Connects to the stack."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(CredentialStore(Path("/nowhere")), {}, httpx.Client())
        self._stack = stack

    def sign_in_program(self, url: str, client_id: str, client_secret: str) -> str:
        return f"{client_id} at {url} with {client_secret}"

    def client(self, url: str | None = None) -> Client:
        transport = httpx.MockTransport(self._stack)
        return Client(API, IdToken("token"), transport=transport, retrying=Clock())


@pytest.fixture
def stack() -> Stack:
    return Stack()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "bad.jpg"):
        (folder / name).write_text(name)
    (folder / "copy of a.jpg").write_text("a.jpg")
    (folder / "notes.txt").write_text("notes")
    (folder / ".hidden.jpg").write_text("hidden")
    return folder


@pytest.fixture
def glimpse(stack: Stack) -> Callable[..., int]:
    return lambda *arguments: main([str(each) for each in arguments], {}, lambda environ: FakeSession(stack))


def lines(text: str) -> dict[str, Any]:
    """Return the JSON Lines by the name of the file."""
    documents = [json.loads(line) for line in text.splitlines()]
    return {Path(each.pop("file")).name: each for each in documents}


def test_uploads_a_folder_and_waits(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert glimpse("upload", folder) == 1
    output, errors = capsys.readouterr()
    found = lines(output)
    assert {name: each["image"]["status"] for name, each in found.items()} == {
        "a.jpg": "done",
        "b.jpg": "done",
        "bad.jpg": "failed",
        "copy of a.jpg": "done",
    }
    assert found["a.jpg"]["image"] == {
        "id": image_id("a.jpg"),
        "status": "done",
        "fileName": found["a.jpg"]["image"]["fileName"],  # that of the copy, if it came first
        "labels": [{"name": "Cat", "confidence": 98.5}],
    }
    assert stack.stored == {image_id(name): 1 for name in ("a.jpg", "b.jpg", "bad.jpg")}
    assert errors.splitlines() == [
        "Skipped 1 hidden file and 1 file without a picture.",
        f"{folder / 'bad.jpg'}: The picture is damaged.",
        "4 pictures: 3 done, 1 failed.",
    ]


def test_a_terminal_shows_how_many_are_uploaded_and_done(
    glimpse: Callable[..., int],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert glimpse("upload", folder / "a.jpg", folder / "b.jpg") == 0
    shown = capsys.readouterr().err.split("\r")
    assert any("| 0/2 [" in each and ", 1 uploaded]" in each for each in shown)
    assert any("| 2/2 [" in each and " pictures/s, 2 uploaded]\n" in each for each in shown)


def test_a_slow_rate_is_pictures_a_second_too() -> None:
    line = tqdm.format_meter(1, 20, 2.33, unit=" pictures", postfix="8 uploaded", bar_format=BAR, ncols=90)
    assert line.split("|")[-1] == " 1/20 [00:02<00:44,  0.43 pictures/s, 8 uploaded]"


def test_sends_nothing_again(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.jpg").unlink()
    assert [glimpse("upload", folder), glimpse("upload", folder, "--jobs", 1)] == [0, 0]
    assert stack.stored.total() == 2
    assert capsys.readouterr().err.splitlines()[-1] == "3 pictures: 3 done."


def test_sends_the_same_bytes_once(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [folder / name for name in ("a.jpg", "b.jpg", "copy of a.jpg")]
    assert glimpse("upload", *files, "--jobs", 1) == 0
    assert stack.stored == {image_id(name): 1 for name in ("a.jpg", "b.jpg")}
    assert stack.lines.count("POST /uploads") == 2
    copy = lines(capsys.readouterr().out)["copy of a.jpg"]["image"]
    assert (copy["id"], copy["status"]) == (image_id("a.jpg"), "done")


def test_a_copy_of_a_file_that_was_changed_is_sent_itself(
    stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [folder / name for name in ("a.jpg", "copy of a.jpg", "copy 2 of a.jpg")]
    paths[2].write_text("a.jpg")
    waiting = Semaphore(0)
    changes = iter([FileChanged("It was changed.")])

    class AnnouncedFuture(Future[Any]):
        """Says when a copy comes to wait for it."""

        def result(self, timeout: float | None = None) -> Any:
            waiting.release()
            return super().result(timeout)

    def change() -> None:
        for error in changes:
            assert all(waiting.acquire(timeout=10) for _ in range(2))
            raise error

    monkeypatch.setattr("glimpse.uploader.Future", AnnouncedFuture)
    stack.on_put = change
    with FakeSession(stack).client() as client:
        outcomes = list(Uploader(client, jobs=3, waits=False).upload(paths))
    assert Counter(str(each.error) for each in outcomes) == {"It was changed.": 1, "None": 2}
    assert stack.stored == {image_id("a.jpg"): 1}


def test_says_that_the_picture_of_a_copy_was_deleted(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.on_put = lambda: stack.gone.update(stack.images)
    assert glimpse("upload", folder / "a.jpg", folder / "copy of a.jpg", "--jobs", 1) == 1
    gone = {"error": "The picture was deleted before it was recognized."}
    assert lines(capsys.readouterr().out) == {"a.jpg": gone, "copy of a.jpg": gone}


def test_keeps_no_image_of_a_file_that_is_done(stack: Stack, folder: Path) -> None:
    with FakeSession(stack).client() as client:
        uploader = Uploader(client, jobs=2)
        outcomes = list(uploader.upload([folder / "a.jpg", folder / "b.jpg", folder / "lost.jpg"]))
        assert len(outcomes) == 3
        assert uploader._uploads == {bytes.fromhex(image_id(name)): None for name in ("a.jpg", "b.jpg")}


def test_does_not_wait_for_the_results(
    glimpse: Callable[..., int],
    stack: Stack,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = tmp_path / "results.jsonl"
    assert glimpse("upload", folder / "a.jpg", folder / "b.jpg", "--no-wait", "--output", results) == 0
    assert {name: each["image"]["status"] for name, each in lines(results.read_text()).items()} == {
        "a.jpg": "pending",
        "b.jpg": "pending",
    }
    assert stack.polls == {}
    assert capsys.readouterr() == ("", "2 pictures: 2 uploaded.\n")


def test_ends_when_the_quota_is_used_up(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.limit = 1
    (folder / "bad.jpg").unlink()
    (folder / "copy of a.jpg").unlink()
    assert glimpse("upload", folder, "--jobs", 1) == 1
    output, errors = capsys.readouterr()
    assert list(lines(output)) == ["a.jpg"]
    assert errors.splitlines()[1:] == [
        "2 pictures: 1 done, 1 to do.",
        f"{LIMIT} Run the same command again to go on: what is stored isn't sent again.",
    ]


@pytest.mark.parametrize(("status", "code"), [(503, "internal-error"), (429, "rate-limited")])
def test_ends_when_the_api_is_down(
    glimpse: Callable[..., int],
    stack: Stack,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    status: int,
    code: str,
) -> None:
    stack.outage = problem(status, code, "Later.")
    (folder / "copy of a.jpg").unlink()
    assert glimpse("upload", folder, "--jobs", 1) == 1
    output, errors = capsys.readouterr()
    assert (output, errors.splitlines()[1:]) == (
        "",
        [
            "3 pictures: 3 to do.",
            "Later. Run the same command again to go on: what is stored isn't sent again.",
        ],
    )
    assert len(stack.lines) < 20  # for the first file only


def test_ends_when_the_token_is_rejected(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.outage = problem(401, "not-signed-in")
    assert glimpse("upload", folder / "a.jpg") == 1
    assert capsys.readouterr().err.splitlines() == [
        "1 picture: 1 to do.",
        "The token is invalid or has expired.",
    ]


def test_goes_on_after_a_file_that_cannot_be_uploaded(
    glimpse: Callable[..., int], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.jpg").write_text("")
    assert glimpse("upload", folder / "a.jpg", folder / "b.jpg") == 1
    output, errors = capsys.readouterr()
    assert lines(output)["a.jpg"] == {"error": "a.jpg is empty. Choose another file."}
    assert errors.splitlines() == [
        f"{folder / 'a.jpg'}: a.jpg is empty. Choose another file.",
        "2 pictures: 1 done, 1 failed.",
    ]


def test_an_interrupted_run_can_be_continued(
    glimpse: Callable[..., int],
    stack: Stack,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, earlier))
    names = ["a.jpg", "b.jpg", "bad.jpg"]
    signals = iter([signal.SIGINT])  # Ctrl+C during the first PUT

    def interrupt() -> None:
        for number in signals:
            os.kill(os.getpid(), number)

    stack.on_put = interrupt
    assert glimpse("upload", *(folder / name for name in names), "--jobs", 1) == 130
    errors = capsys.readouterr().err.splitlines()
    assert errors[-1] == "Interrupted. Run the same command again to go on: what is stored isn't sent again."
    assert glimpse("upload", *(folder / name for name in names), "--jobs", 1) == 1
    assert stack.stored == {image_id(name): 1 for name in names}


@pytest.mark.parametrize(
    ("options", "state"), [([], "uploaded but not recognized yet"), (["--no-wait"], "uploaded")]
)
def test_an_interrupted_run_counts_what_was_sent(
    glimpse: Callable[..., int],
    stack: Stack,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    state: str,
) -> None:
    turns = count(1)

    def interrupted(uploader: Uploader, running: Collection[Future[Any]]) -> Collection[Future[Any]]:
        done = wait(running).done
        if next(turns) == 3:  # the second file is stored, and the third one isn't sent yet
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Uploader, "_wait", interrupted)
    monkeypatch.setattr(Uploader, "_poll", lambda uploader: ())
    files = [folder / name for name in ("a.jpg", "copy of a.jpg", "b.jpg", "bad.jpg")]
    assert glimpse("upload", *files, "--jobs", 1, *options) == 130
    assert stack.stored == {image_id(name): 1 for name in ("a.jpg", "b.jpg")}
    assert capsys.readouterr().err.splitlines()[0] == f"4 pictures: 3 {state}, 1 to do."


def test_several_files_are_sent_at_once(glimpse: Callable[..., int], stack: Stack, folder: Path) -> None:
    barrier = Barrier(3, timeout=10)

    def wait() -> None:
        barrier.wait()

    stack.on_put = wait
    assert glimpse("upload", folder, "--jobs", 3) == 1
    assert stack.stored.total() == 3


def test_a_file_name_may_have_any_bytes(
    glimpse: Callable[..., int], stack: Stack, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (b"bad caf\xe9.jpg", b"caf\xe9.jpg"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(name)
    assert glimpse("upload", folder) == 1
    output, errors = capsys.readouterr()
    assert {"caf\ufffd.jpg", "bad caf\ufffd.jpg"} <= lines(output).keys()
    assert f"{folder}/bad caf\ufffd.jpg: The picture is damaged." in errors.splitlines()
    assert "caf\ufffd.jpg" in {image["fileName"] for image in stack.images.values()}


def test_gets_a_picture(
    glimpse: Callable[..., int], stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.add("cat.jpg")
    name, original, preview = image_id("cat.jpg"), tmp_path / "cat.jpg", tmp_path / "cat.webp"
    assert glimpse("get", name) == 0
    assert json.loads(capsys.readouterr().out) == {
        "image": stack.images[name],
        "result": {"SchemaVersion": "1"},
        "links": {"original": f"{STORAGE}/{name}"},
    }
    assert glimpse("get", name, "--original", original) == 0
    assert original.read_text() == f"bytes of {name}"
    assert [glimpse("get", name, "--preview", preview), glimpse("get", "0" * 64)] == [1, 1]
    assert glimpse("get", name, "--original", tmp_path / "no folder" / "cat.jpg") == 1
    assert not preview.exists()
    assert capsys.readouterr() == (
        "",
        "There is no preview: the picture is done.\n"
        "This picture doesn't exist. It may have been deleted.\n"
        f"{tmp_path}/no folder/cat.jpg can't be written: No such file or directory.\n",
    )


def test_gets_a_picture_into_a_pipe(glimpse: Callable[..., int], stack: Stack, tmp_path: Path) -> None:
    stack.add("cat.jpg")
    name, pipe = image_id("cat.jpg"), tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        content = reader.submit(pipe.read_text)
        assert glimpse("get", name, "--original", pipe) == 0
        assert content.result() == f"bytes of {name}"


def test_a_hyphen_as_a_file_is_stdout(
    glimpse: Callable[..., int],
    stack: Stack,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    stack.add("cat.jpg")
    name = image_id("cat.jpg")
    assert glimpse("get", name, "--original", "-") == 0
    assert capsys.readouterr().out == f"bytes of {name}"
    assert glimpse("export", "--format", "jsonl", "--output", "-") == 0
    assert json.loads(capsys.readouterr().out) == stack.images[name]
    assert glimpse("upload", folder / "a.jpg", "--output", "-") == 0
    assert lines(capsys.readouterr().out).keys() == {"a.jpg"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_download_that_starts_again_keeps_what_the_shell_appends_to(
    glimpse: Callable[..., int], stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.add("cat.jpg")
    stack.cut_offs = 1
    file = tmp_path / "cats"
    file.write_text("earlier ")
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_APPEND), "w"
    ) as appending:  # as the shell opens it for >>
        monkeypatch.setattr(sys, "stdout", appending)
        assert glimpse("get", image_id("cat.jpg"), "--original", "-") == 0
    assert file.read_text() == f"earlier bytes of {image_id('cat.jpg')}"


def test_searches(glimpse: Callable[..., int], stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.add("cat.jpg", "dog.jpg")
    searches: list[list[Any]] = [["cat"], ["--limit", 1], ["", "--limit", 1], ["bird"], ["--query=cat"]]
    assert [glimpse("search", *each) for each in searches] == [0] * 5
    line = f"{image_id('cat.jpg')}  cat.jpg  Cat 98%\n"
    assert capsys.readouterr() == (line * 4, "No pictures match.\n")


@pytest.mark.parametrize(
    "arguments", [["search"], ["export", "--format", "csv", "--query"], ["delete", "--yes", "--query"]]
)
def test_an_invalid_search_is_wrong_usage(
    glimpse: Callable[..., int], stack: Stack, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    stack.add("cat.jpg")
    assert glimpse(*arguments, "label:") == 2
    assert capsys.readouterr() == ("", f"{NO_VALUE}\n")
    assert stack.images.keys() == {image_id("cat.jpg")}


def test_exports(
    glimpse: Callable[..., int], stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.add("cat.jpg", "dog.jpg")
    assert glimpse("export", "--format", "jsonl") == 0
    output = capsys.readouterr().out
    assert [json.loads(line) for line in output.splitlines()] == list(stack.images.values())
    assert glimpse("export", "dog", "--format", "jsonl", "--output", tmp_path / "dog.jsonl") == 0
    assert json.loads((tmp_path / "dog.jsonl").read_text()) == stack.images[image_id("dog.jpg")]
    assert glimpse("export", "--query=dog", "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out) == stack.images[image_id("dog.jpg")]


def test_a_failed_export_leaves_the_earlier_one(
    glimpse: Callable[..., int], stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.add("cat.jpg")
    file, link = tmp_path / "cats.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(file)
    assert glimpse("export", "--format", "jsonl", "--output", link) == 0
    earlier = file.read_text()
    assert json.loads(earlier) == stack.images[image_id("cat.jpg")]
    stack.add("dog.jpg")
    stack.second_page = problem(400, "invalid-request", "The cursor is invalid.")
    assert glimpse("export", "--format", "jsonl", "--output", link) == 1
    assert (file.read_text(), capsys.readouterr().err) == (earlier, "The cursor is invalid.\n")
    assert {path.name for path in tmp_path.iterdir()} == {"cats.jsonl", "link.jsonl"}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_an_export_keeps_the_mode_of_the_earlier_one(
    glimpse: Callable[..., int], stack: Stack, tmp_path: Path, mode: int
) -> None:
    stack.add("cat.jpg")
    file = tmp_path / "cats.jsonl"
    file.touch()
    file.chmod(mode)
    assert glimpse("export", "--format", "jsonl", "--output", file) == 0
    assert json.loads(file.read_text()) == stack.images[image_id("cat.jpg")]
    assert S_IMODE(file.stat().st_mode) == mode


def test_a_new_export_has_the_mode_of_any_new_file(
    glimpse: Callable[..., int], stack: Stack, tmp_path: Path
) -> None:
    file, other = tmp_path / "cats.jsonl", tmp_path / "other"
    earlier = os.umask(0o027)
    try:
        assert glimpse("export", "--format", "jsonl", "--output", file) == 0
        other.touch()
    finally:
        os.umask(earlier)
    assert S_IMODE(file.stat().st_mode) == S_IMODE(other.stat().st_mode) == 0o640


def test_an_export_changes_no_other_file(glimpse: Callable[..., int], stack: Stack, tmp_path: Path) -> None:
    other = tmp_path / "cats.jsonl.part"
    other.write_text("of somebody else")
    assert glimpse("export", "--format", "jsonl", "--output", tmp_path / "cats.jsonl") == 0
    assert other.read_text() == "of somebody else"
    assert {path.name for path in tmp_path.iterdir()} == {"cats.jsonl", "cats.jsonl.part"}


def test_the_last_of_two_files_for_one_path_stays(tmp_path: Path) -> None:
    path = tmp_path / "cats.jsonl"
    with replacement(path) as last:
        with replacement(path) as first:
            last.write_text("last")
            first.write_text("first")
        assert path.read_text() == "first"
    assert (path.read_text(), list(tmp_path.iterdir())) == ("last", [path])


def test_exports_to_a_pipe(glimpse: Callable[..., int], stack: Stack, tmp_path: Path) -> None:
    stack.add("cat.jpg")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        line = reader.submit(pipe.read_text)
        assert glimpse("export", "--format", "jsonl", "--output", pipe) == 0
        assert json.loads(line.result()) == stack.images[image_id("cat.jpg")]


def test_deletes(glimpse: Callable[..., int], stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.add("cat.jpg", "dog.jpg", "dog 2.jpg")
    assert glimpse("delete", image_id("cat.jpg"), image_id("lost")) == 1
    assert glimpse("delete", "--query", "dog", "--yes") == 0
    assert glimpse("delete", "--query", "dog", "--yes") == 0
    assert stack.images == {}
    assert capsys.readouterr().err.splitlines() == [
        f"{image_id('lost')}: This picture doesn't exist. It may have been deleted.",
        "Deleted 1 picture.",
        "Deleted 2 pictures.",
        "There are no pictures to delete.",
    ]


def test_a_search_deletes_no_pending_pictures(
    glimpse: Callable[..., int], stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    pending = ["dog 2.jpg", "dog 3.jpg"]
    stack.add("dog.jpg", *pending)
    for name in pending:
        stack.images[image_id(name)]["status"] = "pending"
    assert glimpse("delete", "--query", "dog", "--yes") == 0
    assert stack.images.keys() == {image_id(name) for name in pending}
    assert glimpse("delete", image_id("dog 3.jpg")) == 0
    assert glimpse("delete", "--query", "dog", "--yes") == 0
    assert stack.images.keys() == {image_id("dog 2.jpg")}
    assert glimpse("delete", "--all", "--yes") == 0
    assert stack.images == {}
    assert capsys.readouterr().err.splitlines() == [
        "2 pictures aren't recognized yet, so they stay.",
        "Deleted 1 picture.",
        "Deleted 1 picture.",
        "1 picture isn't recognized yet, so it stays.",
        "There are no pictures to delete.",
        "Deleted 1 picture.",
    ]


def test_deletes_all(glimpse: Callable[..., int], stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.add("cat.jpg", "dog.jpg")
    assert glimpse("delete", "--all", "--yes") == 0
    assert (stack.images, capsys.readouterr().err) == ({}, "Deleted 2 pictures.\n")


@pytest.mark.parametrize(
    ("selection", "asked"),
    [(["--query", "cat"], "Delete 1 picture?"), (["--all"], "Delete all pictures (1)?")],
)
@pytest.mark.parametrize(
    ("answer", "code", "message"), [("y", 0, "Deleted 1 picture."), ("", 1, "Nothing was deleted.")]
)
def test_asks_before_it_deletes_what_matches(
    glimpse: Callable[..., int],
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    selection: list[str],
    asked: str,
    answer: str,
    code: int,
    message: str,
) -> None:
    stack.add("cat.jpg")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdin, "readline", lambda: f"{answer}\n", raising=False)
    assert glimpse("delete", *selection) == code
    assert capsys.readouterr().err == f"{asked} [y/N] {message}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["upload", "/nowhere/cat.jpg"], "/nowhere/cat.jpg doesn't exist"),
        (["upload", "x", "--jobs", "0"], "argument --jobs: must be a whole number of 1 or more, not 0"),
        (["delete"], "name pictures by ID, or use --query or --all"),
        (["delete", "0" * 64, "--query", "cat"], "name pictures by ID, or use --query or --all"),
        (["delete", "--all", "--query", "cat"], "name pictures by ID, or use --query or --all"),
        (["delete", "--query", "", "--yes"], NO_SEARCH),
        (["delete", "--query", " ", "--yes"], NO_SEARCH),
        (["delete", "--query", "cat"], "--query needs --yes, because there is no terminal to ask on"),
        (["delete", "--all"], "--all needs --yes, because there is no terminal to ask on"),
        (["get", "cat.jpg"], "argument ID: cat.jpg isn't an ID: glimpse search prints IDs of 64 characters"),
        (
            ["delete", "A" * 64],
            f"argument ID: {'A' * 64} isn't an ID: glimpse search prints IDs of 64 characters",
        ),
        (["export", "cat"], "the following arguments are required: --format"),
        (["search", "cat", "dog"], "put the search in quotes: glimpse search 'cat dog'"),
        (["search", "cat", "--limit", "1", "-dog"], "put the search in quotes: glimpse search 'cat -dog'"),
        (["search", "-tag:*"], "put the search in quotes: glimpse search --query='-tag:*'"),
        (
            ["export", "--query=-tag:*", "cat", "dog", "--format=csv"],
            "put the search in quotes: glimpse export 'cat -tag:* dog'",
        ),
        (["search", "cat", "--query", "dog"], "give the search once, with --query or without"),
        (["search", "cat", "--tag"], "unrecognized arguments: --tag"),
        (["upload", "x", "--now"], "unrecognized arguments: --now"),
    ],
)
def test_explains_wrong_arguments(
    glimpse: Callable[..., int],
    stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    stack.add("cat.jpg")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(SystemExit) as exit_:
        glimpse(*arguments)
    assert exit_.value.code == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"usage: glimpse {arguments[0]} ")
    assert errors.splitlines()[-1] == f"glimpse {arguments[0]}: error: {message}"


def test_a_program_pipes_its_secret(
    glimpse: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("secret\n"))
    assert glimpse("login", PAGE, "--client-id", "shop") == 0
    assert capsys.readouterr() == ("", f"Signed in as shop at {PAGE} with secret.\n")
    with pytest.raises(SystemExit) as exit_:
        glimpse("login", PAGE, "--client-id", "shop")
    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith("error: the client secret is empty\n")


def test_a_program_is_asked_for_its_secret(
    glimpse: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("glimpse.cli.signing_in.getpass", lambda prompt: f"answer to {prompt!r}")
    assert glimpse("login", PAGE, "--client-id", "shop") == 0
    assert capsys.readouterr().err == f"Signed in as shop at {PAGE} with answer to 'Client secret: '.\n"


def test_prints_the_version(glimpse: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        glimpse("--version")
    assert exit_.value.code == 0
    assert re.fullmatch(r"glimpse \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_says_who_is_not_signed_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", ""], {"XDG_CONFIG_HOME": str(tmp_path)}) == 1
    assert capsys.readouterr().err == "You aren't signed in. Sign in first: glimpse login URL\n"


def test_a_folder_without_pictures_is_a_failure(
    glimpse: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert glimpse("upload", tmp_path) == 1
    assert capsys.readouterr().err == "There are no pictures to upload.\n"


def test_the_package_imports_only_its_requirements() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "client/glimpse").rglob("*.py")]
    imported = set(re.findall(r"^ *(?:from|import) (\w+)", "\n".join(sources), re.MULTILINE))
    assert imported - sys.stdlib_module_names == {"glimpse", "httpx", "tqdm"}
