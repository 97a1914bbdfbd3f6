"""Send a file to S3, or receive one, with a presigned request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import IO

import httpx

from glimpse.connection import check_busy, explained
from glimpse.errors import DownloadFailed, FileChanged, StorageBusy, UploadRejected
from glimpse.image_file import ImageFile
from glimpse.models import PresignedUpload

_PRECONDITION_FAILED = 412  # the bytes have arrived before
_CHANGED = "{} was changed during its upload. Upload it again."
_CUT_OFF = "The download was cut off. It can't start again, because what was written can't be replaced."
_WRONG_BYTES = re.compile("BadDigest|ChecksumMismatch")
_LOST_BYTES = re.compile("RequestTimeout|IncompleteBody")  # on the way


def send_file(
    http: httpx.Client, upload: PresignedUpload, file: ImageFile, check: Callable[[], None] = lambda: None
) -> None:
    """Send the bytes. `check` is called before each piece, and may raise an error to end it.

    Raises Unreachable if the response is lost: then the bytes may be stored or not. Raises StorageBusy if a
    new permission is needed, FileChanged and UploadRejected.
    """

    def pieces() -> Iterator[bytes]:
        for piece in file.chunks():
            check()
            yield piece

    headers = {**upload["headers"], "Content-Length": str(file.size)}
    url = upload["url"]
    with explained("The storage", url):
        try:
            response = http.request(upload["method"], url, headers=headers, content=pieces())
        except httpx.LocalProtocolError as error:  # it has become shorter or longer
            raise FileChanged(_CHANGED.format(file.name)) from error
    _check(response, file)


def receive_file(http: httpx.Client, url: str, file: IO[bytes], check: Callable[[], None]) -> None:
    """Write the bytes into a file. `check` is called before each piece, and may end it.

    Raises Unreachable if the connection is lost, with the file as it was before, and DownloadFailed, also if
    a file that can't seek, such as a pipe, has received some of the bytes.
    """
    start = file.tell() if file.seekable() else None
    has_begun = False
    with explained("The storage", url), http.stream("GET", url) as response:
        check_busy("The storage", response)
        if response.status_code != 200:
            raise DownloadFailed(f"The file can't be downloaded ({response.status_code}).")
        try:
            for piece in response.iter_bytes():
                check()
                has_begun = True
                file.write(piece)
        except httpx.RequestError as error:
            if start is not None:
                file.seek(start)
                file.truncate()
            elif has_begun:
                raise DownloadFailed(_CUT_OFF) from error
            raise


def _check(response: httpx.Response, file: ImageFile) -> None:
    status = response.status_code
    if response.is_success or status == _PRECONDITION_FAILED:
        return
    if (
        status in (409, 429)
        or status >= 500
        or (status == 403 and "SignatureDoesNotMatch" not in response.text)
        or (status == 400 and _LOST_BYTES.search(response.text))
    ):
        raise StorageBusy(f"The storage doesn't accept {file.name} now ({status}).")
    if _WRONG_BYTES.search(response.text):
        raise FileChanged(_CHANGED.format(file.name))
    raise UploadRejected(f"The storage rejected {file.name} ({status} {response.reason_phrase}).")
