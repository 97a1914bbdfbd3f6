"""What AWS answers when it refuses a call."""

from __future__ import annotations


class AwsError(Exception):
    """An error response of a service."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidRequest(AwsError):
    """CloudFormation's code for most of what is wrong with a request."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationError", message)


class NotImitated(Exception):
    """A call that AWS would carry out, and that the imitation doesn't know: the test must fail."""
