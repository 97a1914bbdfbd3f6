"""Errors of the API as RFC 9457 problem details."""

from __future__ import annotations

from typing import Any, ClassVar


class Problem(Exception):
    """A request that can't be fulfilled; `detail` is a sentence for the person who sent it."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def body(self) -> dict[str, Any]:
        """Return the members of the `application/problem+json` body."""
        return {
            "type": "about:blank",  # clients tell problems apart by code; no page documents each type
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }


class InvalidRequest(Problem):
    """The request doesn't match the API's contract."""

    status, code, title = 400, "invalid-request", "Bad Request"


class InvalidQuery(Problem):
    """A search has a syntax error; `position` is that of the first wrong character, from 1."""

    status, code, title = 400, "invalid-query", "Bad Request"

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(f"{sentence} (at character {position})")
        self.sentence = sentence
        self.position = position

    def body(self) -> dict[str, Any]:
        """Return the members of the body, with the position."""
        return {**super().body(), "position": self.position}


class NotSignedIn(Problem):
    """The request carries no token claims, for example because a route lacks the authorizer."""

    status, code, title = 401, "not-signed-in", "Unauthorized"

    def __init__(self, detail: str = "You aren't signed in. Sign in and try again.") -> None:
        super().__init__(detail)


class TooLarge(Problem):
    """The file is larger than the limit."""

    status, code, title = 413, "too-large", "Content Too Large"


class UnsupportedType(Problem):
    """The declared content type isn't supported."""

    status, code, title = 415, "unsupported-type", "Unsupported Media Type"


class NotPermitted(Problem):
    """The person is signed in, but isn't in the group that may do this."""

    status, code, title = 403, "not-permitted", "Forbidden"


class NotFound(Problem):
    """The resource doesn't exist or belongs to another owner."""

    status, code, title = 404, "not-found", "Not Found"


class InvalidDataset(Problem):
    """A model can't be trained with these pictures."""

    status, code, title = 400, "invalid-dataset", "Bad Request"


class ModelExists(Problem):
    """The owner has a model with this name."""

    status, code, title = 409, "model-exists", "Conflict"


class ModelBusy(Problem):
    """The model's status, or another running model, doesn't permit this now."""

    status, code, title = 409, "model-busy", "Conflict"


class NotRetryable(Problem):
    """The image failed for a reason that a retry can't overcome."""

    status, code, title = 409, "not-retryable", "Conflict"


class Changed(Problem):
    """The image isn't in the state anymore that the request was made for (If-Match)."""

    status, code, title = 412, "changed", "Precondition Failed"

    def __init__(self, detail: str = "The picture was changed meanwhile. Load it again.") -> None:
        super().__init__(detail)


class LimitReached(Problem):
    """A limit is reached until some time; `retry_after` is the number of seconds until then."""

    status, title = 429, "Too Many Requests"

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class RateLimited(LimitReached):
    """The owner sends requests too fast."""

    code = "rate-limited"


class QuotaExceeded(LimitReached):
    """The owner has reached the quota of a day or a month."""

    code = "quota-exceeded"


class CeilingReached(LimitReached):
    """The stack has reached its ceiling on the bill of a month."""

    code = "ceiling-reached"


class InternalError(Problem):
    """The service failed; the log has the cause, the response doesn't."""

    status, code, title = 500, "internal-error", "Internal Server Error"

    def __init__(self, detail: str = "Something went wrong on our side. Try again in a moment.") -> None:
        super().__init__(detail)


class NotFinished(Problem):
    """The time for a batch was over before this image's part of it was finished; repeating it is safe."""

    status, code, title = 503, "not-finished", "Service Unavailable"

    def __init__(self, detail: str = "There was no time left for this picture. Try again.") -> None:
        super().__init__(detail)
