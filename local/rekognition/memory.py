"""Keep the memory of a long-running process small."""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3  # <malloc.h>
_LARGE_BYTES = 1 << 20


def return_large_blocks() -> None:
    """Make glibc give the memory of pictures and tensors back to the system as soon as it is freed.

    By default it keeps freed blocks of up to 32 MB for later, in each thread. Other C libraries have no such
    setting, and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
