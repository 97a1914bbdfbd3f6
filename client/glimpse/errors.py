"""What can go wrong: one class for each code of the API's problem documents, and a few of the client's own.

The message of each is a sentence for people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import httpx


class GlimpseError(Exception):
    """The base of all errors of this package."""

    is_transient: ClassVar[bool] = False  # whether the same request may succeed in a moment
    retry_after: float | None = None  # seconds, if the server says when
    gave_up: bool = False  # whether the request was repeated in vain


class Unreachable(GlimpseError):
    """No response arrived: the server can't be reached, or the connection was lost."""

    is_transient = True


class Canceled(GlimpseError):
    """`Client.cancel` was called."""


class UnexpectedResponse(GlimpseError):
    """The server's response isn't one of this API."""


class NotRecognizedInTime(GlimpseError):
    """The image is still pending."""


class UnreadableFile(GlimpseError):
    """The file can't be read, or is empty."""


class FileChanged(GlimpseError):
    """The file isn't the one that was announced: it was changed during its upload."""


class UploadRejected(GlimpseError):
    """The storage doesn't accept the file."""


class DownloadFailed(GlimpseError):
    """The storage doesn't return the file."""


class StorageBusy(GlimpseError):
    """The storage can't accept the file now, or the permission to send it has expired."""

    is_transient = True


class SignInFailed(GlimpseError):
    """No token was issued."""


class SignInExpired(SignInFailed):
    """The person has to sign in again, or the program's secret is no longer valid."""


class CredentialsError(GlimpseError):
    """The file with the credentials can't be used."""


class Problem(GlimpseError):
    """The API rejected a request.

    `detail` says what is wrong, and `code` identifies it; it is empty if the API's gateway responded.
    """

    def __init__(self, detail: str, status: int, code: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.retry_after = retry_after


class InvalidRequest(Problem):
    """The request is invalid."""


class InvalidQuery(InvalidRequest):
    """The search is invalid; `position` is the number of its first wrong character, from 1."""

    position: int = 1


class NotSignedIn(Problem):
    """The token is missing, expired or not for this API."""


class NotPermitted(Problem):
    """The token doesn't permit this, for example because it lacks a scope."""


class NotFound(Problem):
    """The image doesn't exist, or belongs to another owner."""


class NotRetryable(Problem):
    """The image failed for a reason that a retry can't overcome."""


class Changed(Problem):
    """The image was changed since its revision was read."""


class TooLarge(Problem):
    """The file or the request is over a size limit."""


class UnsupportedType(Problem):
    """The media type isn't supported."""


class RateLimited(Problem):
    """Too many requests; `retry_after` says when to go on."""

    is_transient = True


class QuotaExceeded(Problem):
    """The quota of the day or month is used up."""


class CeilingReached(Problem):
    """The cost of recognition has reached its limit for this month."""


class ServiceError(Problem):
    """An error in the service; the same request may succeed in a moment."""

    is_transient = True


class NotFinished(ServiceError):
    """A batch ended before this image's turn."""


BY_CODE: dict[str, type[Problem]] = {
    "invalid-request": InvalidRequest,
    "invalid-query": InvalidQuery,
    "not-signed-in": NotSignedIn,
    "not-permitted": NotPermitted,
    "not-found": NotFound,
    "not-retryable": NotRetryable,
    "changed": Changed,
    "too-large": TooLarge,
    "unsupported-type": UnsupportedType,
    "rate-limited": RateLimited,
    "quota-exceeded": QuotaExceeded,
    "ceiling-reached": CeilingReached,
    "internal-error": ServiceError,
    "not-finished": NotFinished,
}
_BY_STATUS: dict[int, type[Problem]] = {
    400: InvalidRequest,
    401: NotSignedIn,
    403: NotPermitted,
    404: NotFound,
    409: NotRetryable,
    412: Changed,
    413: TooLarge,
    415: UnsupportedType,
    429: RateLimited,
}
# Where the gateway's own words, such as "Unauthorized", tell people too little.
_GATEWAY_SENTENCES = {
    401: "The API doesn't accept the token. Sign in again.",
    413: "The request is too large.",
    429: "The API receives too many requests. Try again in a moment.",
}
_SCOPE = re.compile('scope="([^"]+)"')


def problem_of(response: httpx.Response) -> Problem:
    """Return the problem that an unsuccessful response of the API describes."""
    try:
        document = response.json()
    except ValueError:
        document = None
    body: dict[str, Any] = document if isinstance(document, dict) else {}
    status, code = response.status_code, str(body.get("code", ""))
    detail = str(body.get("detail") or _gateway_sentence(response, body))
    problem = problem_class(status, code)(detail, status, code, retry_after=retry_after(response))
    if isinstance(problem, InvalidQuery):
        problem.position = int(body.get("position", 1))
    return problem


def problem_class(status: int, code: str) -> type[Problem]:
    """Return the class for a code, or for a status if the code is unknown."""
    default = ServiceError if status >= 500 else Problem
    return BY_CODE.get(code) or _BY_STATUS.get(status, default)


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds of the Retry-After header, or None if there is none."""
    value = response.headers.get("Retry-After", "")
    return float(value) if re.fullmatch(r"\d{1,9}(\.\d+)?", value) else None


def _gateway_sentence(response: httpx.Response, body: dict[str, Any]) -> str:
    scope = _SCOPE.search(response.headers.get("WWW-Authenticate", ""))
    if response.status_code == 403 and scope:
        return f"The token lacks a scope: {' or '.join(scope[1].split())}."
    default = f"The API responded with {response.status_code} {response.reason_phrase}."
    return _GATEWAY_SENTENCES.get(response.status_code, default)
