"""The upload that the stack seeds for the files in `events/`, when its function doesn't work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from local.lambda_.environment import InvocationResult
from local.seed import DIRECT_UPLOADS, SeedingFailed, seed
from local.settings import ROOT


@pytest.mark.parametrize(
    ("payload", "failed", "message"),
    [
        ({"errorType": "KeyError", "errorMessage": "'owner'"}, True, "KeyError: 'owner'"),
        (
            {"statusCode": "x"},
            False,
            "The function returned an invalid response: statusCode must be an integer, not 'x'.",
        ),
        (
            {"statusCode": 400, "body": "{}"},
            False,
            "The function responded with 400 BAD REQUEST: {}",
        ),
        (None, False, "The function responded with 200 OK: null"),
    ],
)
def test_explains_why_the_upload_could_not_be_created(payload: Any, failed: bool, message: str) -> None:
    s3: Any = SimpleNamespace(put_object=lambda **parameters: None)
    with pytest.raises(SeedingFailed) as caught:
        seed(s3, "input", ROOT, lambda event: InvocationResult(payload, failed, "1"))
    assert str(caught.value) == message


def test_an_image_that_an_interrupted_start_has_left_is_not_uploaded_again() -> None:
    keys = []
    s3: Any = SimpleNamespace(put_object=lambda **parameters: keys.append(parameters["Key"]))
    headers = {"content-type": "application/json"}
    known = {"statusCode": 200, "headers": headers, "body": '{"image": {"status": "pending"}}'}
    seed(s3, "input", ROOT, lambda event: InvocationResult(known, False, "1"))
    assert keys == list(DIRECT_UPLOADS)
