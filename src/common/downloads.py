"""File names in Content-Disposition headers (RFC 6266)."""

from __future__ import annotations

import re
from urllib.parse import quote

_LONGEST = 100  # a name is escaped twice on its way into a signed URL, which must stay below S3's 8 KB
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]')


def inline_disposition(name: str) -> str:
    """Return the header value that shows a file in the browser and saves it under a name.

    Characters that some file system refuses, or that make a name look like another, become underscores.
    """
    safe = _UNSAFE.sub("_", _shortened(name)).strip(" .") or "picture"
    plain = re.sub(r"[^\x20-\x7e]|%", "_", safe)
    disposition = f'inline; filename="{plain}"'
    return disposition if plain == safe else f"{disposition}; filename*=UTF-8''{quote(safe, safe='')}"


def _shortened(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 10:
        stem, dot, extension = name, "", ""
    return stem[: _LONGEST - len(dot + extension)] + dot + extension
