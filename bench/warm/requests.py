"""The measured requests, each as a function that carries it out once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.catalog.collection import NOW, OWNER, Collection
from bench.warm.stand_ins import EmptyBucket, EmptyTable, RecordedTable, Replay
from catalog.catalog import Catalog
from catalog.client import table_handle
from common.aws import build_client, get_session
from common.http import handle_errors
from common.settings import Dollars, ImagesSettings, PresignSettings
from common.signer import Signer
from common.storage import SIGNING_CONFIG, Storage
from images.routes import respond as respond_to_images
from images.views import ImageService
from limits.ceiling import Ceiling
from local.settings import ROOT
from presign.uploads import UPLOAD_SECONDS, UploadService
from presign.uploads import respond as respond_to_uploads
from retries.queue import RetryQueue
from retries.recoverer import Recoverer

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 100  # the most that a request can ask for
_BUCKET = "stack-input-123456789012-us-east-1"
_QUEUE = RetryQueue(None, "")  # type: ignore[arg-type] # nothing is sent
_UPLOADS = PresignSettings(_BUCKET, "catalog", "queue", 90, 25, 60, 2000, 20_000, Dollars(0))
_IMAGES = ImagesSettings(
    _BUCKET, "stack-output-123456789012-us-east-1", "catalog", "queue", 900, 2000, 20_000, Dollars(0)
)


class UnexpectedAnswer(Exception):
    """A request wasn't answered as it should be."""


def sign_with_client() -> Callable[[], object]:
    """Return what the S3 client does for the PUT of `post_upload`."""
    client = build_client("s3", SIGNING_CONFIG)
    request = json.loads(_event("presign-post")["body"])
    parameters = {
        "Bucket": _BUCKET,
        "Key": f"uploads/{OWNER}/{request['sha256']}",
        "ContentLength": request["size"],
        "ContentType": request["contentType"],
        "IfNoneMatch": "*",
        "ChecksumSHA256": "NwrbnLndA8qRHqMW+yJ0leAQlTmLwfcRiKOZUgm5yBo=",
        "CacheControl": "private, no-cache",
        "ContentDisposition": "inline",
        "ContentEncoding": "identity",
    }
    return lambda: client.generate_presigned_url("put_object", parameters, UPLOAD_SECONDS)


def post_upload() -> Callable[[], object]:
    """Return a POST of a new image."""
    bucket: Any = EmptyBucket()
    catalog = Catalog(EmptyTable())  # type: ignore[arg-type]
    storage = Storage(bucket, _signer())
    recoverer, ceiling = Recoverer(catalog, storage, _QUEUE, _BUCKET), Ceiling(catalog, 0)
    service = UploadService(_UPLOADS, storage, catalog, recoverer, ceiling)
    handler = handle_errors(lambda event, _: respond_to_uploads(event, service))
    event = _event("presign-post")
    return _checked(lambda: handler(event, None), 201)


def get_page(bodies: list[bytes]) -> Callable[[], object]:
    """Return a GET of the largest page, to which DynamoDB answers with these bodies."""
    table = table_handle("catalog")
    replay: Any = Replay(bodies)
    table.meta.client.meta.events.register_first("before-send.dynamodb", replay)
    handler, event = _images_handler(table), _page_event()
    return _checked(lambda: handler(event, None), 200)


def page_answers() -> list[bytes]:
    """Return DynamoDB's answers to that GET."""
    table = RecordedTable(Collection(PAGE))
    response = _images_handler(table)(_page_event(), None)
    if len(json.loads(response["body"])["images"]) != PAGE:
        raise UnexpectedAnswer(response)
    return table.bodies


def _images_handler(table: Any) -> Callable[[Any, Any], Any]:
    catalog = Catalog(table, clock=lambda: NOW)
    storage = Storage(EmptyBucket(), _signer())  # type: ignore[arg-type]
    recoverer, ceiling = Recoverer(catalog, storage, _QUEUE, _BUCKET), Ceiling(catalog, 0)
    service = ImageService(_IMAGES, storage, catalog, recoverer, ceiling)
    return handle_errors(lambda event, _: respond_to_images(event, service))


def _signer() -> Signer:
    return Signer(build_client("s3", SIGNING_CONFIG), get_session().get_credentials())


def _event(name: str) -> Any:
    return json.loads((ROOT / "events" / f"{name}.json").read_text("utf-8"))


def _page_event() -> Any:
    event = _event("images-list")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = OWNER
    return {**event, "rawQueryString": f"limit={PAGE}", "queryStringParameters": {"limit": str(PAGE)}}


def _checked(call: Callable[[], Any], status: int) -> Callable[[], object]:
    """Return a call, after it was tried once."""
    if (response := call())["statusCode"] != status:
        raise UnexpectedAnswer(response)
    return call
