"""The start of a function. The garbage collector rests meanwhile, because modules and clients aren't garbage.

A function's `app.py` imports this first, and calls `finish` when everything is built.
"""

from __future__ import annotations

import gc

gc.disable()


def finish() -> None:
    """Start the collector, which never looks at what exists now."""
    gc.freeze()
    gc.enable()
