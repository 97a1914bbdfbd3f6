"""Links: presigned GETs whose URL stays the same for a while, so that a browser's cache can answer.

A link is signed as of the start of the current window of ten minutes, so within a window every link to an
object is the same URL. It contains the session token of the credentials: another execution environment of
the function, which has credentials of its own, signs another URL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

WINDOW_SECONDS = 600
LINK_SECONDS = 900  # from the window's start: valid for 5 to 15 minutes, and no longer than credentials last


def window_start(moment: datetime) -> datetime:
    """Return the start of the window that a moment is in."""
    seconds = int(moment.timestamp())
    return moment.fromtimestamp(seconds - seconds % WINDOW_SECONDS, moment.tzinfo)
