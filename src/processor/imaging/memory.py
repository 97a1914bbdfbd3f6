"""Lack of memory that decoders report as damage of the file: libjpeg's buffers for scans, and libwebp's."""

from __future__ import annotations

import mmap
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def explain_failure(needed: int) -> Iterator[None]:
    """Raise MemoryError instead of a decoder's error if the bytes that it needs can't be allocated."""
    try:
        yield
    except (OSError, EOFError, SyntaxError) as error:
        if not has_memory(needed):
            raise MemoryError from error
        raise


def has_memory(size: int) -> bool:
    """Return whether so many bytes can be allocated."""
    if not size:
        return True
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError:
        return False
    return True
