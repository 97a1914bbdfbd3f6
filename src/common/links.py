"""Links: presigned GETs whose URL stays the same for a while, so that a browser's cache can answer.

A link is signed as of the start of the current window of ten minutes, so within a window every link to an
object is the same URL. It contains the session token of the credentials: another execution environment of
the function, which has credentials of its own, signs another URL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.auth import AUTH_TYPE_MAPS, SIGV4_TIMESTAMP, S3SigV4QueryAuth

from common import time

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.awsrequest import AWSRequest
    from mypy_boto3_s3 import S3Client

WINDOW_SECONDS = 600
LINK_SECONDS = 900  # from the window's start: valid for 5 to 15 minutes, and no longer than credentials last
_SIGNATURE_VERSION = "s3v4-window-query"


class _WindowAuth(S3SigV4QueryAuth):
    """Presigns a URL as of the start of the current window."""

    # botocore calls this after it has set the time that the signature is for. Its stubs omit the method.
    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = _window_start(time.now()).strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]


AUTH_TYPE_MAPS[_SIGNATURE_VERSION] = _WindowAuth


def sign_links_by_window(client: S3Client) -> None:
    """Make a client presign GETs as of the start of the current window."""
    client.meta.events.register(
        "choose-signer.s3.GetObject",
        lambda **_: _SIGNATURE_VERSION,  # type: ignore[arg-type] # the stubs omit this event's return value
    )


def _window_start(moment: datetime) -> datetime:
    seconds = int(moment.timestamp())
    return moment.fromtimestamp(seconds - seconds % WINDOW_SECONDS, moment.tzinfo)
