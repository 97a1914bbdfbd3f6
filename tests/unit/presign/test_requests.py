from __future__ import annotations

import base64
import json
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidRequest, Problem, TooLarge, UnsupportedType
from presign.requests import UploadRequest, parse_request
from tests.unit.support import IMAGE_ID, UPLOAD_REQUEST

SHA256 = "sha256 must be the file's SHA-256 as 64 hexadecimal digits."
INTEGER = "size must be an integer, the file's size in bytes."
POSITIVE = "size must be greater than 0."
LENGTH = "fileName must have 1 to 255 characters."
CONTROLS = "fileName must be one line without control characters."
SEND_EXACTLY = "Send exactly fileName, contentType, size, sha256."


def parse(fields: Any) -> UploadRequest:
    return parse_request({"body": json.dumps(fields), "isBase64Encoded": False}, 25)


def without(name: str) -> dict[str, Any]:
    return {field: value for field, value in UPLOAD_REQUEST.items() if field != name}


def test_parses_a_request() -> None:
    assert parse(UPLOAD_REQUEST) == UploadRequest("cat.jpg", "image/jpeg", 1000, IMAGE_ID)


def test_parses_a_base64_encoded_request() -> None:
    body = base64.b64encode(json.dumps(UPLOAD_REQUEST).encode()).decode()
    assert parse_request({"body": body, "isBase64Encoded": True}, 25) == parse(UPLOAD_REQUEST)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sha256": "AB" * 32}, UploadRequest("cat.jpg", "image/jpeg", 1000, "ab" * 32)),
        ({"contentType": "Image/WebP"}, UploadRequest("cat.jpg", "image/webp", 1000, "ab" * 32)),
        ({"size": 1000.0}, UploadRequest("cat.jpg", "image/jpeg", 1000, "ab" * 32)),
        ({"size": 1}, UploadRequest("cat.jpg", "image/jpeg", 1, "ab" * 32)),
        ({"size": 26_214_400}, UploadRequest("cat.jpg", "image/jpeg", 26_214_400, "ab" * 32)),
        ({"fileName": "x" * 255}, UploadRequest("x" * 255, "image/jpeg", 1000, "ab" * 32)),
        ({"fileName": "gpj.\u202eexe"}, UploadRequest("gpj.exe", "image/jpeg", 1000, "ab" * 32)),
        ({"fileName": "\u200e"}, UploadRequest("picture", "image/jpeg", 1000, "ab" * 32)),
        ({"fileName": "Räuber 👩‍🚀.jpg"}, UploadRequest("Räuber 👩‍🚀.jpg", "image/jpeg", 1000, "ab" * 32)),
    ],
)
def test_accepts_and_normalizes_boundary_values(changes: dict[str, Any], expected: UploadRequest) -> None:
    assert parse({**UPLOAD_REQUEST, **changes}) == expected


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"fileName": 7}, "fileName must be a string."),
        ({"fileName": None}, "fileName must be a string."),
        ({"fileName": ""}, LENGTH),
        ({"fileName": "x" * 256}, LENGTH),
        ({"fileName": "a\nb.jpg"}, CONTROLS),
        ({"fileName": "a\x00.jpg"}, CONTROLS),
        ({"fileName": "a\x85.jpg"}, CONTROLS),
        ({"fileName": "a\u2028.jpg"}, CONTROLS),
        ({"fileName": "\ud83d.jpg"}, CONTROLS),
        ({"contentType": ["image/jpeg"]}, "contentType must be a media type, such as image/jpeg."),
        ({"size": "1000"}, INTEGER),
        ({"size": True}, INTEGER),
        ({"size": 1000.5}, INTEGER),
        ({"size": float("inf")}, "Infinity isn't valid JSON. Send a number."),
        ({"size": None}, INTEGER),
        ({"size": {}}, INTEGER),
        ({"size": 0}, "The file is empty. Choose another file."),
        ({"size": -1}, POSITIVE),
        ({"size": -(10**30)}, POSITIVE),
        ({"sha256": 7}, SHA256),
        ({"sha256": ""}, SHA256),
        ({"sha256": "ab" * 31}, SHA256),
        ({"sha256": "ab" * 33}, SHA256),
        ({"sha256": "ab" * 32 + "\n"}, SHA256),
        ({"sha256": "xy" * 32}, SHA256),
        ({"sha256": "٣" * 64}, SHA256),
        ({"sha256": "\ud800" * 64}, SHA256),
    ],
)
def test_names_an_invalid_field(changes: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse({**UPLOAD_REQUEST, **changes})
    assert caught.value.detail == detail


@pytest.mark.parametrize("category", ["Cc", "Cf", "Cs", "Zl", "Zp"])
def test_no_character_that_could_disguise_a_name_is_stored(category: str) -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(character) != category or character in "\u200c\u200d":
            continue
        fields = {**UPLOAD_REQUEST, "fileName": f"a{character}b.jpg"}
        if category == "Cf":
            assert parse(fields).file_name == "ab.jpg"
        else:
            with pytest.raises(InvalidRequest) as caught:
                parse(fields)
            assert caught.value.detail == CONTROLS


@pytest.mark.parametrize("size", [26_214_401, 10**30])
def test_names_the_limit_when_the_file_is_too_large(size: int) -> None:
    with pytest.raises(TooLarge) as caught:
        parse({**UPLOAD_REQUEST, "size": size})
    assert caught.value.detail == "The file is too large. The limit is 25 MB."


@pytest.mark.parametrize(
    ("content_type", "quoted"),
    [
        ("", '""'),
        ("text/html", '"text/html"'),
        ("image/svg+xml", '"image/svg+xml"'),
        ("image/jpeg; charset=x", '"image/jpeg; charset=x"'),
        ("\ud800", '"\\ud800"'),
        ("x" * 5000, f'"{"x" * 40}\\u2026"'),
    ],
)
def test_quotes_an_unsupported_type_and_lists_the_supported_formats(content_type: str, quoted: str) -> None:
    with pytest.raises(UnsupportedType) as caught:
        parse({**UPLOAD_REQUEST, "contentType": content_type})
    assert caught.value.detail == (
        f"Files of type {quoted} aren't supported. "
        "Choose a picture in one of these formats: JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF, or BMP."
    )


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, 'lacks "fileName", "contentType", "size", "sha256"'),
        (without("size"), 'lacks "size"'),
        ({**UPLOAD_REQUEST, "owner": "me"}, 'has the unknown field "owner"'),
        ({**UPLOAD_REQUEST, "a": 1, "b": 2}, 'has the unknown fields "a", "b"'),
        ({**UPLOAD_REQUEST, "\ud800": 1}, 'has the unknown field "\\ud800"'),
        ({"filename": "x", **without("fileName")}, 'lacks "fileName" and has the unknown field "filename"'),
        (
            {**UPLOAD_REQUEST, **{str(number): number for number in range(1000)}},
            'has the unknown fields "0", "1", "2", "3", "4"',
        ),
    ],
)
def test_names_missing_and_unknown_fields(fields: dict[str, Any], errors: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse(fields)
    assert caught.value.detail == f"The request {errors}. {SEND_EXACTLY}"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters())
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*UPLOAD_REQUEST, "other"), VALUES)))
def test_accepts_any_request_or_rejects_it_with_a_printable_problem(changes: dict[str, Any]) -> None:
    try:
        request = parse({**UPLOAD_REQUEST, **changes})
    except Problem as problem:
        assert problem.status in (400, 413, 415)
        assert problem.detail.isprintable()
    else:
        request.file_name.encode()
