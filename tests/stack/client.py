"""A client of the running stack. Each response of the API is validated against the API's contract."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest

from local.stack import Stack
from tests.contract import check_response, operations

TIMEOUT = 100.0  # seconds
T = TypeVar("T")
ROUTES = tuple(operations())
# match request lines: any value for a path parameter, and an optional query
PATTERNS = {route: re.compile(re.sub(r"\{\w+\}", "[^/?]+", route) + r"(\?.*)?") for route in ROUTES}


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class ImageFile:
    """A file with bytes that no other test uses."""

    content: bytes
    file_name: str = "photo.jpg"
    content_type: str = "image/jpeg"

    @property
    def id(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def request(self) -> dict[str, Any]:
        """The body of POST /uploads."""
        return {
            "fileName": self.file_name,
            "contentType": self.content_type,
            "size": len(self.content),
            "sha256": self.id,
        }


def unique_jpeg(jpeg: bytes) -> bytes:
    """Return a unique copy of a JPEG: a comment changes no pixel."""
    comment = uuid4().bytes
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    return jpeg[:2] + segment + jpeg[2:]


Run = Callable[..., "subprocess.Popen[str]"]
UploadAndCapture = Callable[[], tuple[ImageFile, Any]]


def send(
    method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Send a request without any default headers except Host, Content-Length, and Accept-Encoding."""
    parts = urlsplit(url)
    with closing(HTTPConnection(parts.netloc, timeout=30)) as connection:
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        response_headers = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, response_headers, response.read())


def check_contract(method: str, path: str, response: Response) -> None:
    """Validate a response of the API. API Gateway itself responds to an unknown route."""
    route = next((route for route in ROUTES if PATTERNS[route].fullmatch(f"{method} {path}")), None)
    if route is None:
        assert (response.status, response.document) == (404, {"message": "Not Found"})
        return
    result: dict[str, Any] = {"statusCode": response.status, "headers": response.headers}
    check_response(route, result | ({"body": response.document} if response.body else {}))


@dataclass
class Client:
    """One user's access to the API, and an administrator's access to AWS."""

    stack: Stack
    owner: str
    token: str

    def __post_init__(self) -> None:
        self.input = self.stack.template.outputs["InputBucketName"]
        self.output = self.stack.template.outputs["OutputBucketName"]
        self.s3 = self.stack.client("s3")

    def key(self, image: ImageFile) -> str:
        return f"uploads/{self.owner}/{image.id}"

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Call the API, signed in unless `headers` are given; retry if the gateway throttles."""
        sent = {"Authorization": f"Bearer {self.token}"} if headers is None else headers

        def attempt() -> Response | None:
            response = send(method, self.stack.api_url + path, body, sent)
            check_contract(method, path, response)
            is_throttled = response.status == 429 and "code" not in response.document
            return None if is_throttled else response

        return wait_until(attempt)

    def request_upload(self, document: Any) -> Response:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.call("POST", "/uploads", body)

    def create_upload(self, image: ImageFile) -> dict[str, Any]:
        """Create an upload, and return its presigned request."""
        response = self.request_upload(image.request)
        assert response.status == 201, response.body
        upload: dict[str, Any] = response.document["upload"]
        return upload

    def upload(self, image: ImageFile) -> None:
        self.put(image, self.create_upload(image))

    def put(self, image: ImageFile, upload: dict[str, Any]) -> None:
        """Send the file with a presigned request."""
        response = send(upload["method"], upload["url"], image.content, upload["headers"])
        assert response.status == 200, response.body

    def get_image(self, image_id: str) -> Response:
        return self.call("GET", f"/images/{image_id}")

    def wait_until_processed(self, image: ImageFile) -> dict[str, Any]:
        """Wait until the image is done or failed, and return the body of GET /images/{id}."""

        def attempt() -> dict[str, Any] | None:
            document: dict[str, Any] = self.get_image(image.id).document
            return None if document["image"]["status"] == "pending" else document

        return wait_until(attempt)

    def recognize(self, image: ImageFile) -> dict[str, Any]:
        """Upload an image, and wait until it is done."""
        self.upload(image)
        body = self.wait_until_processed(image)
        assert body["image"]["status"] == "done", body
        return body

    def page(self, **query: Any) -> dict[str, Any]:
        """Return one page of GET /images."""
        response = self.call("GET", f"/images?{urlencode(query)}")
        assert response.status == 200, response.body
        page: dict[str, Any] = response.document
        return page

    def image_ids(self, **query: Any) -> list[str]:
        """Return the ids from all pages of GET /images."""
        page = self.page(**query)
        ids = [image["id"] for image in page["images"]]
        return ids + (self.image_ids(**query | {"cursor": page["cursor"]}) if page["cursor"] else [])

    def label_counts(self) -> dict[str, int]:
        """Return the counts of GET /labels in the order of the response."""
        labels = self.call("GET", "/labels").document["labels"]
        return {label["name"]: label["count"] for label in labels}

    def patch(self, image_id: str, if_match: str | None = None, **fields: Any) -> Response:
        """Change what the user says about an image."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/merge-patch+json"}
        if if_match is not None:
            headers["If-Match"] = if_match
        return self.call("PATCH", f"/images/{image_id}", json.dumps(fields).encode(), headers)

    def batch(self, action: str, *ids: str, **fields: Any) -> list[dict[str, Any]]:
        """Act on images, and return the results."""
        body = json.dumps({"action": action, "ids": ids, **fields}).encode()
        response = self.call("POST", "/images/batch", body)
        assert response.status == 200, response.body
        results: list[dict[str, Any]] = response.document["results"]
        return results

    def retry(self, image_id: str) -> Response:
        return self.call("POST", f"/images/{image_id}/retry")

    def delete(self, image_id: str) -> int:
        return self.call("DELETE", f"/images/{image_id}").status

    def put_directly(self, key: str, content: bytes) -> None:
        """Make a direct upload."""
        self.s3.put_object(Bucket=self.input, Key=key, Body=content)

    def wait_for_result(self, key: str) -> dict[str, Any]:
        """Wait for the result of a direct upload."""
        wait_until(lambda: f"{key}.json" in self.keys(self.output, key) or None)
        document: dict[str, Any] = json.loads(self.get_object(self.output, f"{key}.json"))
        return document

    def get_object(self, bucket: str, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def keys(self, bucket: str, prefix: str) -> set[str]:
        listing = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return {entry["Key"] for entry in listing.get("Contents", [])}

    def billed_calls(self) -> int:
        return sum(self.stack.rekognition.calls().values())


def wait_until(attempt: Callable[[], T | None]) -> T:
    """Call `attempt` until it returns a value other than None, and return that value."""
    pause, end = threading.Event(), time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        value = attempt()
        if value is not None:
            return value
        pause.wait(0.05)
    pytest.fail(f"timed out after {TIMEOUT:.0f} seconds")
