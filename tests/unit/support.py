"""Constants and helpers that the tests of the functions share."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError
from samtranslator.yaml_helper import yaml_parse

from catalog.records import LabelSummary, Reason, ResultSummary
from catalog.transitions.finish import Completion, FailureSummary
from common.http import handle_errors
from common.settings import Dollars, ImagesSettings, PresignSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.catalog import Catalog
    from catalog.index.vocabulary import MonthTotals


ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
NOW_TEXT = "2026-11-22T15:00:00.123Z"
LATER = int(NOW.timestamp()) + 1000  # epoch seconds
INPUT_BUCKET, OUTPUT_BUCKET, TABLE = "stack-input", "stack-output", "catalog"
SOURCE_BUCKET = "archive"
RETRY_QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/retry"
IMAGE_ID, OTHER_ID = "ab" * 32, "cd" * 32
UPLOAD_KEY = f"uploads/alice/{IMAGE_ID}"
UPLOAD_REQUEST = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": IMAGE_ID}
PRESIGN_SETTINGS = PresignSettings(
    INPUT_BUCKET,
    TABLE,
    RETRY_QUEUE_URL,
    retention_days=90,
    max_upload_megabytes=25,
    uploads_per_minute=600,
    uploads_per_day=100,
    uploads_per_month=1000,
    monthly_billing_ceiling=Dollars(100),
)
IMAGES_SETTINGS = ImagesSettings(
    INPUT_BUCKET,
    OUTPUT_BUCKET,
    TABLE,
    RETRY_QUEUE_URL,
    recover_after_seconds=300,
    uploads_per_day=100,
    uploads_per_month=1000,
    monthly_billing_ceiling=Dollars(100),
)
PENDING_BODY = {
    "id": IMAGE_ID,
    "status": "pending",
    "fileName": "cat.jpg",
    "contentType": "image/jpeg",
    "size": 1000,
    "width": None,
    "height": None,
    "uploadedAt": NOW_TEXT,
    "processedAt": None,
    "takenAt": None,
    "camera": None,
    "people": None,
    "colors": [],
    "labels": [],
    "flags": [],
    "review": None,
    "tags": [],
    "favorite": False,
    "caption": None,
    "decision": None,
    "boxes": [],
    "revision": 0,
}
DONE_BODY = {
    **PENDING_BODY,
    "status": "done",
    "width": 451,
    "height": 300,
    "processedAt": NOW_TEXT,
    "labels": [{"name": "Cat", "confidence": 98.5}],
    "revision": 1,
}
FAILURE = FailureSummary(Reason("broken", "It is."), NOW, LATER)


def completion(*label_names: str) -> Completion:
    """Return a result to record in the catalog, with labels of the given names."""
    labels = tuple(LabelSummary(name, 98.5) for name in label_names)
    return Completion(ResultSummary(451, 300, labels), 1, NOW, LATER)


def this_month(catalog: Catalog, owner: str = "alice") -> MonthTotals:
    """Return an owner's totals of the month of NOW."""
    return catalog.index.vocabulary(owner).month(NOW_TEXT[:7])


def label_counts(catalog: Catalog, owner: str = "alice") -> dict[str, int]:
    """Return how many images each of an owner's labels has, most frequent first."""
    return {each.term.value: each.count for each in catalog.index.vocabulary(owner).terms(["label"])}


def http_event(route: str, *, owner: str | None = "alice", **members: Any) -> dict[str, Any]:
    """Return an HTTP API event (payload format 2.0) of a signed-in owner, or without a token if None."""
    authorizer = {"authorizer": {"jwt": {"claims": {"sub": owner}, "scopes": None}}} if owner else {}
    return {
        "version": "2.0",
        "routeKey": route,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": authorizer,
        "isBase64Encoded": False,
        **members,
    }


def call(respond: Callable[..., dict[str, Any]], event: dict[str, Any], service: Any) -> dict[str, Any]:
    """Return the response of an HTTP function, its body parsed. Problems become responses as in `app.py`."""
    response = handle_errors(lambda event, _: respond(event, service))(event, None)
    return {**response, "body": json.loads(response["body"])} if "body" in response else response


def problem_body(status: int, title: str, code: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}


def load_template() -> dict[str, Any]:
    """Return template.yaml, parsed."""
    template: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    return template


@contextmanager
def interrupted(client: Any, service: str, operation: str) -> Iterator[None]:
    """Make the calls of an operation fail before they are sent."""

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=f"https://{service}.example.com")

    name = f"before-call.{service}.{operation}"
    client.meta.events.register(name, fail)
    yield
    client.meta.events.unregister(name, fail)
