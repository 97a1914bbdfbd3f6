"""The page's stylesheets: what they import is inlined, and comments and needless white space are left out."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from local.site.bundle.syntax import PageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMMENT = r"/\*.*?\*/"
_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_VERBATIM = rf"({_STRING}|url\([^)]*\))"
_IMPORT = re.compile(rf'{_VERBATIM}|({_COMMENT})|@import\b\s*(?:"([^"]+)"\s*;)?', re.DOTALL)
_SPACE = re.compile(rf"{_VERBATIM}|\s*(;\s*}}|[{{}};,>])\s*|(:)\s+|\s+")


def bundle_styles(file: str, files: Mapping[str, bytes]) -> bytes:
    """Return a stylesheet with everything that it imports. Raises PageError."""
    return _minify(_inline(file, files)).encode()


def _inline(file: str, files: Mapping[str, bytes]) -> str:
    source = files[file].decode()

    def replace(match: re.Match[str]) -> str:
        verbatim, comment, imported = match.groups()
        if verbatim or comment:
            return verbatim or ""
        line = source.count("\n", 0, match.start()) + 1
        if not imported:
            raise PageError(f'{file}:{line}: @import needs a file in quotation marks, such as "grid.css".')
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), imported))
        if target not in files:
            raise PageError(f"{file}:{line}: {target} doesn't exist.")
        if posixpath.dirname(target) != posixpath.dirname(file):
            raise PageError(
                f"{file}:{line}: {target} must be in the same folder, which its URLs are relative to."
            )
        return _inline(target, files)

    return _IMPORT.sub(replace, source)


def _minify(source: str) -> str:
    def shorten(match: re.Match[str]) -> str:
        verbatim, punctuation, colon = match.groups()
        return verbatim or (punctuation or colon or " ")[-1]  # the semicolon before a brace is needless

    return _SPACE.sub(shorten, source).strip() + "\n"
