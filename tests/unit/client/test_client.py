"""The operations of the API, and what is sent again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from glimpse import Client, ImageFile
from glimpse.errors import (
    BY_CODE,
    Canceled,
    CeilingReached,
    Changed,
    DownloadFailed,
    FileChanged,
    GlimpseError,
    InvalidQuery,
    NotFound,
    NotPermitted,
    NotRecognizedInTime,
    NotSignedIn,
    QuotaExceeded,
    ServiceError,
    SignInExpired,
    Unreachable,
    UnreadableFile,
    UploadRejected,
)
from tests.unit.client.conftest import API, Clock, Server, ok, problem

ROOT = Path(__file__).parents[3]
FILE = ImageFile.from_bytes("cat.jpg", b"cat")
CAT = hashlib.sha256(b"cat").hexdigest()
STORAGE = "https://storage.example.com/input/cat?signature=secret"
UPLOAD = {"method": "PUT", "url": STORAGE, "headers": {"If-None-Match": "*"}, "expiresAt": "…"}
IDS = [f"{number:064x}" for number in range(205)]
LOST = httpx.ReadError("reset")


def image(image_id: str = CAT, status: str = "done") -> dict[str, Any]:
    return {"id": image_id, "status": status}


PENDING = {"image": image(status="pending")}
PERMITTED = {**PENDING, "upload": UPLOAD}


def batch(*results: dict[str, Any], **headers: str) -> httpx.Response:
    return ok({"results": list(results)}, 200, **headers)


def test_sends_a_file_that_is_not_stored(client: Client, server: Server) -> None:
    server.answers = [ok(PERMITTED, 201), httpx.Response(200)]
    assert client.upload(FILE) == image(status="pending")
    asked, put = server.requests
    assert (asked.method, str(asked.url), json.loads(asked.content)) == (
        "POST",
        f"{API}/uploads",
        {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 3, "sha256": CAT},
    )
    assert (put.method, str(put.url), put.content) == ("PUT", STORAGE, b"cat")
    assert (put.headers["If-None-Match"], put.headers["Content-Length"]) == ("*", "3")
    assert "Transfer-Encoding" not in put.headers
    assert (asked.headers["Authorization"], "Authorization" in put.headers) == ("Bearer token", False)


def test_sends_nothing_that_is_stored(client: Client, server: Server) -> None:
    server.answers = [ok({"image": image()})]
    assert client.upload(FILE) == image()
    assert server.lines == ["POST /uploads"]


def test_asks_again_before_it_sends_a_file_again(client: Client, server: Server, clock: Clock) -> None:
    server.answers = [ok(PERMITTED, 201), LOST, ok(PENDING)]
    assert client.upload(FILE) == image(status="pending")
    assert server.lines == ["POST /uploads", f"PUT {STORAGE}", "POST /uploads"]
    assert clock.pauses == [0.25]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "IncompleteBody"),
        (400, "RequestTimeout"),
        (403, "AccessDenied"),
        (409, "ConditionalRequestConflict"),
        (429, ""),
        (500, "InternalError"),
        (503, "SlowDown"),
    ],
)
def test_asks_for_a_new_permission(client: Client, server: Server, status: int, code: str) -> None:
    refused = httpx.Response(status, text=f"<Error><Code>{code}</Code></Error>")
    server.answers = [ok(PERMITTED, 201), refused, ok(PERMITTED, 201), httpx.Response(200)]
    assert client.upload(FILE)["id"] == CAT
    assert server.lines == ["POST /uploads", f"PUT {STORAGE}"] * 2


def test_a_file_that_arrived_before_is_stored(client: Client, server: Server) -> None:
    server.answers = [ok(PERMITTED, 201), httpx.Response(412)]
    assert client.upload(FILE)["id"] == CAT


@pytest.mark.parametrize(
    ("status", "text", "error", "message"),
    [
        (
            400,
            "<Code>BadDigest</Code>",
            FileChanged,
            "cat.jpg was changed during its upload. Upload it again.",
        ),
        (400, "", UploadRejected, "The storage rejected cat.jpg (400 Bad Request)."),
        (403, "SignatureDoesNotMatch", UploadRejected, "The storage rejected cat.jpg (403 Forbidden)."),
    ],
)
def test_explains_a_file_that_the_storage_rejects(
    client: Client, server: Server, status: int, text: str, error: type[GlimpseError], message: str
) -> None:
    server.answers = [ok(PERMITTED, 201), httpx.Response(status, text=text)]
    with pytest.raises(error) as caught:
        client.upload(FILE)
    assert str(caught.value) == message


def test_hashes_a_file_on_the_disk(client: Client, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "Sommer Köln.HEIC"
    path.write_bytes(b"x" * 600_000)
    server.answers = [ok(PERMITTED, 201), httpx.Response(200)]
    client.upload(path)
    assert json.loads(server.requests[0].content) == {
        "fileName": "Sommer Köln.HEIC",
        "contentType": "image/heic",
        "size": 600_000,
        "sha256": hashlib.sha256(b"x" * 600_000).hexdigest(),
    }
    assert server.requests[1].content == b"x" * 600_000


def test_explains_a_file_that_cannot_be_read(client: Client, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    with pytest.raises(UnreadableFile, match=r"^empty.jpg is empty. Choose another file.$"):
        client.upload(empty)
    with pytest.raises(UnreadableFile, match=r"lost.jpg can't be read: No such file or directory.$"):
        client.upload(tmp_path / "lost.jpg")


def test_waits_until_the_image_is_done(client: Client, server: Server, clock: Clock) -> None:
    view = {"image": image(), "result": {"SchemaVersion": "1"}, "links": {}}
    server.answers = [
        ok(PENDING),
        batch({"id": CAT, "status": 200, **PENDING}, Retry_After="2"),
        batch({"id": CAT, "status": 200, "image": image()}),
        ok(view),
    ]
    assert client.recognize(FILE) == view
    assert clock.pauses == [0.2]


def test_waits_only_as_long_as_asked(client: Client, server: Server, clock: Clock) -> None:
    server.answers = [
        ok(PENDING),
        *(batch({"id": CAT, "status": 200, **PENDING}, Retry_After="1") for _ in range(20)),
    ]
    with pytest.raises(NotRecognizedInTime, match=r"^The picture wasn't recognized within 9 seconds.$"):
        client.recognize(FILE, timeout=9)
    assert clock.pauses[:6] == pytest.approx([0.2, 0.3, 0.45, 0.675, 1, 1])
    assert 8 < sum(clock.pauses) <= 9


def test_one_request_follows_a_hundred_images(client: Client, server: Server) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["ids"]
        return batch(*({"id": each, "status": 200, "image": image(each)} for each in ids))

    server.answers = [answer] * 3
    assert [each["id"] for each in client.wait(IDS)] == IDS
    assert [len(json.loads(each.content)["ids"]) for each in server.requests] == [100, 100, 5]


def test_a_batch_repeats_what_was_not_finished(client: Client, server: Server) -> None:
    first, second, third = IDS[:3]
    gone = {"id": third, "status": 404, "code": "not-found", "detail": "Gone."}
    server.answers = [
        batch(
            {"id": first, "status": 204},
            {"id": second, "status": 503, "code": "not-finished", "detail": "Later."},
            gone,
        ),
        batch({"id": second, "status": 204}),
    ]
    results = list(client.batch("delete", [first, second, third, first]))
    assert results == [{"id": first, "status": 204}, {"id": second, "status": 204}, gone]
    assert [json.loads(each.content) for each in server.requests] == [
        {"action": "delete", "ids": [first, second, third]},
        {"action": "delete", "ids": [second]},
    ]


@pytest.mark.parametrize("failure", [LOST, ok({"message": "Service Unavailable"}, 503)])
def test_images_that_a_lost_batch_has_deleted_are_deleted(
    client: Client, server: Server, failure: Any
) -> None:
    first, second = IDS[:2]
    gone = {"id": first, "status": 404, "code": "not-found", "detail": "Gone."}
    server.answers = [failure, batch(gone, {"id": second, "status": 204})]
    assert list(client.batch("delete", [first, second])) == [
        {"id": first, "status": 204},
        {"id": second, "status": 204},
    ]


def test_an_image_that_was_never_there_is_not_deleted(client: Client, server: Server) -> None:
    gone = {"id": CAT, "status": 404, "code": "not-found", "detail": "Gone."}
    server.answers = [ok({"message": "Too Many Requests"}, 429), batch(gone), LOST, batch(gone)]
    assert list(client.batch("delete", [CAT])) == [gone]
    assert list(client.batch("get", [CAT])) == [gone]


def test_lists_all_pages_and_each_image_once(client: Client, server: Server) -> None:
    first, second, third = (image(each) for each in IDS[:3])
    pages: list[Any] = [
        {"images": [first, second], "cursor": "c1"},
        {"images": [], "cursor": "c2"},
        {"images": [second, third], "cursor": None},
    ]
    server.answers = [ok(page) for page in pages]
    assert list(client.search("cat -dog", order="taken")) == [first, second, third]
    queries = [dict(each.url.params) for each in server.requests]
    search = {"q": "cat -dog", "order": "taken", "limit": "100"}
    assert queries == [search, search | {"cursor": "c1"}, search | {"cursor": "c2"}]


def test_reads_no_more_pages_than_needed(client: Client, server: Server) -> None:
    server.answers = [ok({"images": [image(each) for each in IDS[:2]], "cursor": "more"})]
    assert [each["id"] for each in client.search(limit=2)] == IDS[:2]
    assert server.lines == ["GET /images?limit=2&order=added"]


def test_the_other_operations(client: Client, server: Server) -> None:
    server.answers = [
        ok({"image": image()}),
        ok({"image": image(status="pending")}, 202),
        ok({"terms": [{"kind": "tag", "value": "sale", "count": 1}]}),
        ok({"labels": []}),
        ok({"images": [image()], "cursor": None}),
    ]
    assert client.update(CAT, if_match='"2"', tags=["sale"], caption=None) == image()
    assert client.retry(CAT) == image(status="pending")
    assert client.terms("sa", kind="tag") == [{"kind": "tag", "value": "sale", "count": 1}]
    assert dict(client.labels()) == {"labels": []}
    assert list(client.similar(CAT)) == [image()]
    assert server.lines == [
        f"PATCH /images/{CAT}",
        f"POST /images/{CAT}/retry",
        "GET /terms?prefix=sa&limit=30&kind=tag",
        "GET /labels",
        f"GET /images/{CAT}/similar",
    ]
    patch = server.requests[0]
    assert (patch.headers["If-Match"], json.loads(patch.content)) == (
        '"2"',
        {"tags": ["sale"], "caption": None},
    )


def test_downloads_without_the_token(client: Client, server: Server) -> None:
    server.answers = [httpx.Response(200, content=b"cat"), httpx.Response(403)]
    file = BytesIO()
    client.download(STORAGE, file)
    assert file.getvalue() == b"cat"
    assert "Authorization" not in server.requests[0].headers
    with pytest.raises(DownloadFailed, match=r"^The file can't be downloaded \(403\).$"):
        client.download(STORAGE, file)


def test_a_download_that_is_cut_off_starts_again(client: Client, server: Server, clock: Clock) -> None:
    def cut() -> Iterator[bytes]:
        yield b"a longer beginning"
        raise LOST

    server.answers = [
        httpx.Response(503),
        httpx.Response(200, content=cut()),
        httpx.Response(200, content=b"cat"),
    ]
    file = BytesIO(b"before ")
    file.seek(0, SEEK_END)
    client.download(STORAGE, file)
    assert file.getvalue() == b"before cat"
    assert clock.pauses == [0.25, 0.5]


def test_downloads_into_a_pipe(client: Client, server: Server, clock: Clock) -> None:
    def cut() -> Iterator[bytes]:
        yield b"a beginning"
        raise LOST

    server.answers = [
        LOST,
        httpx.Response(200, content=b"cat "),
        httpx.Response(200, content=cut()),
    ]
    reading, writing = os.pipe()
    with open(reading, "rb") as reader:
        with open(writing, "wb") as pipe:
            client.download(STORAGE, pipe)
            with pytest.raises(DownloadFailed) as caught:
                client.download(STORAGE, pipe)
        assert reader.read() == b"cat a beginning"
    assert str(caught.value) == (
        "The download was cut off. It can't start again, because what was written can't be replaced."
    )
    assert (server.answers, clock.pauses) == ([], [0.25])


@pytest.mark.parametrize("failure", [LOST, ok({"message": "Service Unavailable"}, 503)])
def test_an_image_that_a_lost_request_has_deleted_is_deleted(
    client: Client, server: Server, failure: Any
) -> None:
    server.answers = [failure, problem(404, "not-found"), problem(404, "not-found")]
    client.delete(CAT)
    with pytest.raises(NotFound):
        client.delete(CAT)


def test_an_image_that_a_rate_limit_kept_is_not_deleted(client: Client, server: Server) -> None:
    server.answers = [problem(429, "rate-limited"), problem(404, "not-found")]
    with pytest.raises(NotFound):
        client.delete(CAT)


def test_a_sign_in_provider_that_is_down_has_deleted_nothing(
    new_client: Callable[..., Client], server: Server
) -> None:
    class Down:
        prefix = ""
        failures = iter([Unreachable("The sign-in provider is busy (503).")])

        def token(self, rejected: str | None = None) -> str:
            for failure in self.failures:
                raise failure
            return "token"

    server.answers = [problem(404, "not-found")]
    with pytest.raises(NotFound):
        new_client(Down()).delete(CAT)


OWN = {"tags": [], "favorite": False, "caption": None, "decision": None, "boxes": []}
BOX = {"class": "cat", "left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4}
APPROVED = {"value": "approved", "by": "ada@example.com", "at": "2026-11-23T09:30:00.000Z"}


@pytest.mark.parametrize(
    ("patch", "own"),
    [
        ({"tags": ["sale"], "favorite": True}, {"tags": ["sale"], "favorite": True}),
        ({"caption": "My cat", "decision": "approved"}, {"caption": "My cat", "decision": APPROVED}),
        ({"boxes": [BOX]}, {"boxes": [BOX], "tags": ["cat"]}),
        (dict.fromkeys(OWN), {}),
        ({"caption": ""}, {}),
    ],
)
def test_a_change_that_a_lost_request_has_made_is_made(
    client: Client, server: Server, patch: Any, own: dict[str, Any]
) -> None:
    changed = {**image(), **OWN, **own, "revision": 3}
    server.answers = [LOST, problem(412, "changed"), batch({"id": CAT, "status": 200, "image": changed})]
    assert client.update(CAT, if_match="2", **patch) == changed
    assert server.lines == [f"PATCH /images/{CAT}"] * 2 + ["POST /images/batch"]


def test_a_change_of_somebody_else_is_not_overwritten(client: Client, server: Server) -> None:
    other = {**image(), **OWN, "tags": ["other"], "revision": 3}
    server.answers = [LOST, problem(412, "changed"), batch({"id": CAT, "status": 200, "image": other})]
    with pytest.raises(Changed):
        client.update(CAT, if_match="2", tags=["sale"])
    server.answers = [problem(412, "changed")]
    with pytest.raises(Changed):
        client.update(CAT, if_match="2", tags=["other"])


def test_repeats_requests_with_growing_pauses(client: Client, server: Server, clock: Clock) -> None:
    server.answers = [
        LOST,
        httpx.ConnectError("refused"),
        problem(500, "internal-error"),
        ok({"message": "Service Unavailable"}, 503),
        ok({"message": "Too Many Requests"}, 429),
        problem(429, "rate-limited", headers={"Retry-After": "50"}),
        ok({"labels": []}),
    ]
    client.labels()
    assert clock.pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 50.0]


def test_gives_up_when_its_patience_ends(client: Client, server: Server, clock: Clock) -> None:
    server.answers = [LOST] * 100
    with pytest.raises(Unreachable, match=r"^The API can't be reached at https://api.example.com.$"):
        client.labels()
    assert 100 < sum(clock.pauses) < 120


def test_a_long_transfer_does_not_use_up_the_patience(client: Client, server: Server, clock: Clock) -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        clock.now += 150
        raise LOST

    limited = problem(429, "rate-limited", headers={"Retry-After": "150"})
    server.answers = [ok(PERMITTED, 201), cut, limited, ok(PERMITTED, 201), cut, ok(PENDING)]
    assert client.upload(FILE) == image(status="pending")
    assert clock.pauses == [0.25, 150.0, 0.5]


def test_gives_up_on_transfers_that_never_succeed(client: Client, server: Server, clock: Clock) -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        clock.now += 150
        raise LOST

    server.answers = [ok(PERMITTED, 201), cut] * 100
    with pytest.raises(Unreachable):
        client.upload(FILE)
    assert 50 < sum(clock.pauses) < 60  # the attempts count for as long


def test_an_upload_does_not_repeat_what_was_repeated_in_vain(
    client: Client, server: Server, clock: Clock
) -> None:
    server.answers = [LOST] * 100
    with pytest.raises(Unreachable):
        client.upload(FILE)
    assert 100 < sum(clock.pauses) < 120


@pytest.mark.parametrize(
    ("code", "error"), [("quota-exceeded", QuotaExceeded), ("ceiling-reached", CeilingReached)]
)
def test_does_not_wait_for_the_end_of_a_day(
    client: Client, server: Server, clock: Clock, code: str, error: type[GlimpseError]
) -> None:
    server.answers = [problem(429, code, "Tomorrow.", headers={"Retry-After": "3600"})]
    with pytest.raises(error, match=r"^Tomorrow.$"):
        client.upload(FILE)
    assert clock.pauses == []


def test_says_where_a_search_is_wrong(client: Client, server: Server) -> None:
    server.answers = [problem(400, "invalid-query", "A quote is open.", position=5)]
    with pytest.raises(InvalidQuery) as caught:
        list(client.search('cat "'))
    error = caught.value
    assert (str(error), error.status, error.code, error.position) == (
        "A quote is open.",
        400,
        "invalid-query",
        5,
    )


def test_names_the_scope_that_a_program_lacks(client: Client, server: Server) -> None:
    header = {"WWW-Authenticate": 'Bearer scope="stack/images.write images.write" error="insufficient_scope"'}
    server.answers = [httpx.Response(403, json={"message": "Forbidden"}, headers=header)]
    with pytest.raises(NotPermitted, match=r"^The token lacks a scope: stack/images.write or images.write.$"):
        client.delete(CAT)


def test_a_rejected_token_is_replaced_once(new_client: Callable[..., Client], server: Server) -> None:
    class Renewed:
        prefix = "/programs"

        def token(self, rejected: str | None = None) -> str:
            return "new" if rejected == "old" else "old"

    client = new_client(Renewed())
    unauthorized = ok({"message": "Unauthorized"}, 401)
    server.answers = [unauthorized, ok({"labels": []}), unauthorized, unauthorized]
    client.labels()
    assert server.lines == ["GET /programs/labels"] * 2
    assert [each.headers["Authorization"] for each in server.requests] == ["Bearer old", "Bearer new"]
    with pytest.raises(NotSignedIn, match=r"^The API doesn't accept the token. Sign in again.$"):
        client.labels()


def test_a_fixed_token_cannot_be_replaced(client: Client, server: Server) -> None:
    server.answers = [ok({"message": "Unauthorized"}, 401)]
    with pytest.raises(SignInExpired, match=r"^The token is invalid or has expired.$"):
        client.labels()


def test_a_canceled_client_sends_nothing(client: Client, server: Server) -> None:
    client.cancel()
    with pytest.raises(Canceled):
        client.labels()
    assert server.requests == []


def test_a_cancellation_ends_a_transfer(client: Client, server: Server) -> None:
    def chunks() -> Any:
        yield b"c"
        client.cancel()
        yield b"at"

    server.answers = [ok(PERMITTED, 201), httpx.Response(200)]
    with pytest.raises(Canceled):
        client.upload(ImageFile("cat.jpg", 3, CAT, chunks))
    assert server.lines == ["POST /uploads"]


def test_every_code_of_the_contract_has_a_class() -> None:
    contract = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text(encoding="utf-8"))
    codes = set(contract["components"]["schemas"]["ProblemCode"]["enum"])
    assert codes - BY_CODE.keys() == {"invalid-dataset", "model-exists", "model-busy"}  # people train models
    assert BY_CODE.keys() - codes == set()
    assert {each for each in BY_CODE.values() if each.is_transient} == {
        BY_CODE["rate-limited"],
        BY_CODE["not-finished"],
        ServiceError,
    }
