"""What can go wrong with an API request, as RFC 9457 problems."""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """A request that cannot be answered as asked; `detail` is one sentence for the person who asked."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def body(self) -> dict[str, Any]:
        """Return the members of the `application/problem+json` body."""
        return {
            "type": "about:blank",  # the code tells problems apart; there are no pages about them
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }


class InvalidRequest(Problem):
    """The request is not what the API takes."""

    status, code, title = 400, "invalid-request", "Bad Request"


class NotSignedIn(Problem):
    """The API let a request through that carries no claims, as one without an authorizer would."""

    status, code, title = 401, "not-signed-in", "Unauthorized"

    def __init__(self, detail: str = "Nobody is signed in. Sign in and try again.") -> None:
        super().__init__(detail)


class TooLarge(Problem):
    """The picture is larger than the limit."""

    status, code, title = 413, "too-large", "Content Too Large"


class UnsupportedType(Problem):
    """The declared type is none that the product takes."""

    status, code, title = 415, "unsupported-type", "Unsupported Media Type"


class NotFound(Problem):
    """There is no such thing, or it is somebody else's."""

    status, code, title = 404, "not-found", "Not Found"


class QuotaExceeded(Problem):
    """The owner has used up what they may."""

    status, code, title = 429, "quota-exceeded", "Too Many Requests"


class InternalError(Problem):
    """The fault is on this side; what it was is in the log, not in the answer."""

    status, code, title = 500, "internal-error", "Internal Server Error"

    def __init__(
        self, detail: str = "Something went wrong on our side. Please try again in a moment."
    ) -> None:
        super().__init__(detail)
