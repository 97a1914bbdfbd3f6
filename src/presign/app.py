"""POST /uploads."""

from __future__ import annotations

import functools
import os
from typing import Any

from catalog.catalog import Catalog
from catalog.records import image_body
from common.auth import owner_of
from common.http import Answer, answering, json_response
from common.settings import PresignSettings
from common.storage import Storage
from common.time import rfc3339
from presign.requests import parse_request
from presign.uploads import Service, open_upload


@functools.cache
def service() -> Service:
    """Build the adapters, once for each cold start."""
    settings = PresignSettings.from_env(os.environ)
    return Service(settings, Storage.from_env(), Catalog.from_env(settings.catalog_table))


@answering
def handler(event: dict[str, Any], context: object) -> Answer:
    """Answer an HTTP API request."""
    return respond(event, service())


def respond(event: dict[str, Any], service: Service) -> Answer:
    """Answer with the upload, or with the image alone when it is known and done."""
    owner = owner_of(event)  # first: to nobody is told what is wrong with a body
    upload = open_upload(service, owner, parse_request(event, service.settings.max_upload_megabytes))
    body: dict[str, Any] = {"image": image_body(upload.image)}
    if upload.request is None:
        return json_response(200, body)
    body["upload"] = {
        "method": upload.request.method,
        "url": upload.request.url,
        "headers": dict(upload.request.headers),
        "expiresAt": rfc3339(upload.request.expires_at),
    }
    return json_response(201, body)
