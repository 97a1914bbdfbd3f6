from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidRequest, Problem, TooLarge, UnsupportedType
from presign.requests import UploadRequest, parse_request

GOOD = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": "ab" * 32}
HEX = "sha256 must be the SHA-256 of the file as 64 hexadecimal digits."
WHOLE = "size must be a whole number, the file's length in bytes."
LENGTH = "fileName must have 1 to 255 characters."
CONTROLS = "fileName must be plain text on one line, without control characters."
EXACTLY = "Send exactly fileName, contentType, size, sha256."


def parse(fields: Any) -> UploadRequest:
    return parse_request({"body": json.dumps(fields), "isBase64Encoded": False}, 25)


def test_a_good_request() -> None:
    assert parse(GOOD) == UploadRequest("cat.jpg", "image/jpeg", 1000, "ab" * 32)


def test_a_request_that_the_api_sent_as_base64() -> None:
    body = base64.b64encode(json.dumps(GOOD).encode()).decode()
    assert parse_request({"body": body, "isBase64Encoded": True}, 25) == parse(GOOD)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sha256": "AB" * 32}, UploadRequest("cat.jpg", "image/jpeg", 1000, "ab" * 32)),
        ({"contentType": "Image/WebP"}, UploadRequest("cat.jpg", "image/webp", 1000, "ab" * 32)),
        ({"size": 1000.0}, UploadRequest("cat.jpg", "image/jpeg", 1000, "ab" * 32)),
        ({"size": 1}, UploadRequest("cat.jpg", "image/jpeg", 1, "ab" * 32)),
        ({"size": 26_214_400}, UploadRequest("cat.jpg", "image/jpeg", 26_214_400, "ab" * 32)),
        ({"fileName": "x" * 255}, UploadRequest("x" * 255, "image/jpeg", 1000, "ab" * 32)),
        ({"fileName": "Räuber 👩‍🚀.jpg"}, UploadRequest("Räuber 👩‍🚀.jpg", "image/jpeg", 1000, "ab" * 32)),
    ],
)
def test_what_is_taken_at_the_edges(changes: dict[str, Any], expected: UploadRequest) -> None:
    assert parse({**GOOD, **changes}) == expected


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"fileName": 7}, "fileName must be text."),
        ({"fileName": None}, "fileName must be text."),
        ({"fileName": ""}, LENGTH),
        ({"fileName": "x" * 256}, LENGTH),
        ({"fileName": "a\nb.jpg"}, CONTROLS),
        ({"fileName": "a\x00.jpg"}, CONTROLS),
        ({"fileName": "a\x85.jpg"}, CONTROLS),
        ({"fileName": "a\u2028.jpg"}, CONTROLS),
        ({"fileName": "\ud83d.jpg"}, CONTROLS),
        ({"contentType": ["image/jpeg"]}, "contentType must be text, such as image/jpeg."),
        ({"size": "1000"}, WHOLE),
        ({"size": True}, WHOLE),
        ({"size": 1000.5}, WHOLE),
        ({"size": float("inf")}, "Infinity is not valid JSON. Send a number."),
        ({"size": None}, WHOLE),
        ({"size": {}}, WHOLE),
        ({"size": 0}, "The file is empty. Choose another file."),
        ({"size": -1}, "size must be above 0."),
        ({"size": -(10**30)}, "size must be above 0."),
        ({"sha256": 7}, HEX),
        ({"sha256": ""}, HEX),
        ({"sha256": "ab" * 31}, HEX),
        ({"sha256": "ab" * 33}, HEX),
        ({"sha256": "ab" * 32 + "\n"}, HEX),
        ({"sha256": "xy" * 32}, HEX),
        ({"sha256": "٣" * 64}, HEX),
        ({"sha256": "\ud800" * 64}, HEX),
    ],
)
def test_a_field_that_is_wrong_is_named(changes: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse({**GOOD, **changes})
    assert caught.value.detail == detail


@pytest.mark.parametrize("size", [26_214_401, 10**30])
def test_a_file_over_the_limit_is_told_the_limit(size: int) -> None:
    with pytest.raises(TooLarge) as caught:
        parse({**GOOD, "size": size})
    assert caught.value.detail == "The file is too large. At most 25 MB are taken."


@pytest.mark.parametrize(
    ("content_type", "told"),
    [
        ("", '""'),
        ("text/html", '"text/html"'),
        ("image/svg+xml", '"image/svg+xml"'),
        ("image/jpeg; charset=x", '"image/jpeg; charset=x"'),
        ("\ud800", '"\\ud800"'),
        ("x" * 5000, f'"{"x" * 40}\\u2026"'),
    ],
)
def test_a_type_that_is_not_taken_is_told_what_is(content_type: str, told: str) -> None:
    with pytest.raises(UnsupportedType) as caught:
        parse({**GOOD, "contentType": content_type})
    assert caught.value.detail == (
        f"Files of the type {told} are not taken. "
        "Choose a JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP picture."
    )


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({}, f'The request lacks "fileName", "contentType", "size", "sha256". {EXACTLY}'),
        (
            {name: value for name, value in GOOD.items() if name != "size"},
            f'The request lacks "size". {EXACTLY}',
        ),
        ({**GOOD, "owner": "me"}, f'The request has "owner", which is not known. {EXACTLY}'),
        ({**GOOD, "a": 1, "b": 2}, f'The request has "a", "b", which are not known. {EXACTLY}'),
        ({**GOOD, "\ud800": 1}, f'The request has "\\ud800", which is not known. {EXACTLY}'),
        (
            {"filename": "x", **{name: value for name, value in GOOD.items() if name != "fileName"}},
            f'The request lacks "fileName" and has "filename", which is not known. {EXACTLY}',
        ),
        (
            {**GOOD, **{str(number): number for number in range(1000)}},
            f'The request has "0", "1", "2", "3", "4", which are not known. {EXACTLY}',
        ),
    ],
)
def test_missing_and_unknown_fields_are_named(fields: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse(fields)
    assert caught.value.detail == detail


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters())
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*GOOD, "other"), VALUES)))
def test_any_request_is_taken_or_refused_in_words(changes: dict[str, Any]) -> None:
    try:
        asked = parse({**GOOD, **changes})
    except Problem as problem:
        assert problem.status in (400, 413, 415)
        assert problem.detail.isprintable()
    else:
        asked.file_name.encode()
