"""A part of `make bench`: the CPU time of requests that a running function answers.

The services' answers are there already, so that only the function's own work is measured.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import time
from statistics import median
from typing import TYPE_CHECKING
from unittest.mock import patch

import botocore.auth

from bench.figures import Figure, Section
from bench.warm.requests import PAGE, get_page, page_answers, post_upload, sign_with_client
from local.lambda_.worker import JsonFormatter
from local.settings import use_local_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS, QUICK_ROUNDS = 25, 7
UPLOADS, PAGES = 100, 5  # calls in a round


def measure(*, quick: bool) -> Section:
    """Answer requests, and have botocore sign the same PUT, in turn."""
    use_local_credentials(os.environ)
    os.environ["AWS_SESSION_TOKEN"] = "IQoJb3JpZ2luX2VjE" + 50 * "Example+/Token"  # about as long as Lambda's
    with _as_on_lambda():
        sign, post, get = sign_with_client(), post_upload(), get_page(page_answers())
        signed, posted, listed = [], [], []
        for _ in range(1 + (QUICK_ROUNDS if quick else ROUNDS)):
            signed.append(_milliseconds(sign, UPLOADS))
            posted.append(_milliseconds(post, UPLOADS))
            listed.append(_milliseconds(get, PAGES))
        del signed[0], posted[0], listed[0]  # the first calls fill caches
    ratios = tuple(post / sign for post, sign in zip(posted, signed, strict=True))
    times = [f"botocore's signing alone: {median(signed):.3f} ms", f"POST /uploads: {median(posted):.3f} ms"]
    return Section(
        (
            Figure("POST /uploads", ratios, "of botocore's signing", goal=1.3, limit=2.0),
            Figure(f"GET /images, {PAGE} pictures", tuple(listed), "ms", goal=15.0, limit=45.0, decimals=1),
        ),
        tuple(times),
    )


def _milliseconds(call: Callable[[], object], calls: int) -> float:
    """Return the CPU time of a call."""
    started = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - started) * 1000 / calls


@contextlib.contextmanager
def _as_on_lambda() -> Iterator[None]:
    """Log as Lambda's runtime does, sign without awscrt, and have the collector skip what exists."""
    os.environ["METRICS_NAMESPACE"] = "bench"
    signers = {"s3v4-query": botocore.auth.S3SigV4QueryAuth, "v4": botocore.auth.SigV4Auth}
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        handler = logging.StreamHandler(nowhere)
        handler.setFormatter(JsonFormatter())
        root = logging.getLogger()
        level, others = root.level, root.handlers
        root.setLevel(logging.INFO)
        root.handlers = [handler]
        gc.freeze()
        with patch.dict(botocore.auth.AUTH_TYPE_MAPS, signers), contextlib.redirect_stdout(nowhere):
            yield
        gc.unfreeze()
        root.setLevel(level)
        root.handlers = others
