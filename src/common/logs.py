"""Structured log records: with the keys of what they are about, and without URLs and tokens.

A record about an image has its owner and its id. A direct upload has neither, so it has its object's key.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.exceptions import ParamValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

# At INFO, botocore logs on every cold start where it found its credentials.
logging.getLogger("botocore").setLevel(logging.WARNING)
logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings contain URLs

# Connection errors contain the URL, and the error about a wrong signature contains the session token.
_SECRET = re.compile(
    r"""(?P<url>\bhttps?://[^\s"'<>]+)|\beyJ[\w-]+(?:\.[\w-]+)+"""
    r"""|\bx-amz-(?:credential|security-token|signature)["']?\s*[:=]\s*[^\s&]+|\bauthorization["']?\s*[:=].*""",
    re.IGNORECASE,
)
_keys: ContextVar[Mapping[str, str]] = ContextVar("log_keys")


def get_logger(name: str) -> logging.LoggerAdapter[logging.Logger]:
    """Return the logger of a module. No module may use another one."""
    return _Logger(logging.getLogger(name))


@contextmanager
def log_scope(**keys: str) -> Iterator[None]:
    """Add keys to the records of this thread, and to its metrics, within a `with` block."""
    token = _keys.set({**log_keys(), **keys})
    try:
        yield
    finally:
        _keys.reset(token)


def add_log_keys(**keys: str) -> None:
    """Add keys that have become known, until the innermost scope ends. Without a scope, add none."""
    if _keys.get(None) is not None:
        _keys.set({**log_keys(), **keys})


def log_keys() -> Mapping[str, str]:
    """Return the current keys."""
    return _keys.get({})


def with_log_keys(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Return a function to be called once in another thread, which has the current keys there."""
    return partial(copy_context().run, function)


def mask_errors(handler: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Decorate a handler: an error that it raises is masked, because Lambda logs it."""

    @wraps(handler)
    def wrapper(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return handler(*args, **kwargs)
        except Exception as error:  # whatever it is
            raise _masked_error(error) from None

    return wrapper


def mask(text: str) -> str:
    """Replace URLs, tokens and signatures."""
    return _SECRET.sub(lambda match: "<url>" if match["url"] else "<secret>", text)


def error_text(error: BaseException) -> str:
    """Return the type and the masked message of an error.

    botocore's error about an invalid parameter has no message here: it repeats the values of the parameters.
    """
    name = type(error).__name__
    return name if isinstance(error, ParamValidationError) else f"{name}: {mask(str(error))}"


class _Logger(logging.LoggerAdapter[logging.Logger]):
    """Adds the current keys, and masks errors and the values of `extra`. Messages must be constant."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        extra = {name: _masked(value) for name, value in (kwargs.get("extra") or {}).items()}
        kwargs["extra"] = {**log_keys(), **extra}
        if kwargs.get("exc_info"):
            error = sys.exception()
            kwargs["exc_info"] = error and _masked_error(error)
        return msg, kwargs


def _masked(value: Any) -> Any:
    if isinstance(value, BaseException):
        return error_text(value)
    return mask(value) if isinstance(value, str) else value


def _masked_error(error: BaseException) -> BaseException:
    """Return an error of a type with the same name, with the same traceback, and without a cause."""
    name, _, message = error_text(error).partition(": ")
    masked: BaseException = type(name, (Exception,), {})(message)
    return masked.with_traceback(error.__traceback__)
