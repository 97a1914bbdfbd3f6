"""JSON documents that may contain bytes, as items and message attributes do."""

from __future__ import annotations

import base64
import json
from typing import Any

_BYTES = "$bytes"  # the only member of an object that stands for bytes


def dump(document: Any) -> str:
    return json.dumps(document, default=_encode, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Any:
    return json.loads(text, object_hook=_decode if _BYTES in text else None)


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} can't be stored.")


def _decode(document: dict[str, Any]) -> Any:
    value = document.get(_BYTES)
    return base64.b64decode(value) if isinstance(value, str) else document
