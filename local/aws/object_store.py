"""Where the objects of the local S3 are kept beyond moto's memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from xml.etree import ElementTree

from local.aws.http import Request, S3Resource


class ObjectStore:
    """Keeps nothing. A subclass stores objects."""

    def saving(self, bucket: str, keys: Iterable[str]) -> AbstractContextManager[None]:
        """Store what moto has under these keys now, together with what the `with` block stores."""
        return contextlib.nullcontext()


def changed_keys(request: Request, resource: S3Resource, body: bytes) -> list[str]:
    """Return the keys whose objects a successful request may have created, changed or deleted."""
    if request.method in ("GET", "HEAD"):
        return []
    if resource.raw_key:
        return [resource.key]
    if request.method == "POST" and ("delete", "") in request.query_pairs:
        document = ElementTree.fromstring(body)  # noqa: S314 -- moto has parsed it
        return [element.text or "" for element in document.iterfind("{*}Object/{*}Key")]
    return []
