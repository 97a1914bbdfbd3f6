"""What the functions log: who and what it is about, and nothing that is secret or personal."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stack.observed_tour import Observation

SRC = Path(__file__).parents[2] / "src"
# Records that aren't about one image, and metrics that aren't.
ABOUT_NO_IMAGE = {
    "pending images checked",
    "CeilingUsed",
    "invalid message: %s",
    "invalid record: %s",
    "InvalidEvents",
    "model requested",
    "model to be deleted",
    "model changed",
    "pictures copied",
    "step refused",
}
# Records that the tour doesn't cause. Unit tests check their keys.
NOT_SEEN = {
    "image is being deleted",  # for as long as a request waits for the end of a deletion
    "unreadable answers",  # of another version of the code
    "unreadable result",  # likewise
    "answers not deleted",
    "label categories not added",  # only of labels that are new to the stack
    "counts not merged",  # another process wrote to the same items
    "stale entries not deleted",  # likewise
    "lease not renewed",
    "shard not checked",
    "test event",
    "event not accepted",
    "record not published",
    "use of the model not noted",
    "model not advanced",
    "evaluation not read",
    "waiting image not retried",
    "no time left for more events",
    "calls not counted for the ceiling",
}


def documents(observed: Observation) -> list[dict[str, Any]]:
    """Return the lines that are records or metrics."""
    return [json.loads(line) for line in observed.lines if line.startswith("{")]


def name(document: dict[str, Any]) -> str:
    """Return the name of a metric, or the message of a record without its variable end."""
    if "_aws" in document:
        ((metric,),) = (directive["Metrics"] for directive in document["_aws"]["CloudWatchMetrics"])
        return str(metric["Name"])
    return re.sub(r"^(invalid \w+): .*", r"\1: %s", document["message"])


def test_no_line_has_a_url_a_token_or_a_file_name(observed: Observation) -> None:
    assert len(observed.secrets) > 50
    assert len(observed.lines) > 100
    for line in observed.lines:
        assert [secret for secret in observed.secrets if secret in line] == []
        assert re.search(r"https?://|X-Amz-|\beyJ|holiday", line, re.IGNORECASE) is None, line


def test_every_line_about_an_image_has_its_owner_and_id_or_its_key(observed: Observation) -> None:
    for document in documents(observed):
        if name(document) in ABOUT_NO_IMAGE:
            continue
        if name(document) in ("request rejected", "request failed"):
            assert "owner" in document, document
        elif "key" in document:
            assert document["key"].startswith("samples/"), document
        else:
            assert document["owner"], document
            assert re.fullmatch("[0-9a-f]{64}", document["imageId"]), document


def test_every_line_that_mentions_an_image_says_whose_it_is(observed: Observation) -> None:
    ids = {image_id for _, image_id in observed.images}
    for document in documents(observed):
        mentioned = set(re.findall("[0-9a-f]{64}", json.dumps(document))) & ids
        assert mentioned <= {document.get("imageId")}, document
        assert not mentioned or (document["owner"], document["imageId"]) in observed.images


def test_a_failed_request_about_an_image_says_which(observed: Observation) -> None:
    failed = [document for document in documents(observed) if name(document) == "request failed"]
    routes = {document["route"] for document in failed if "imageId" in document}
    assert routes == {"POST /uploads", "GET /images/{id}", "DELETE /images/{id}"}


def test_the_tour_sees_every_record_of_the_code(observed: Observation) -> None:
    seen = {name(document) for document in documents(observed) if "_aws" not in document}
    assert messages_of_the_code() - NOT_SEEN - seen == set()
    assert seen - messages_of_the_code() <= {"done", "failed", "skipped", "busy", "parked"}


def messages_of_the_code() -> set[str]:
    """Return the constant messages of all log calls."""
    calls = [
        node
        for module in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_log.")
    ]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}
