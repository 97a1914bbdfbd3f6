from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.downloads import inline_disposition


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("photo.jpg", 'inline; filename="photo.jpg"'),
        ("my photo.jpg", 'inline; filename="my photo.jpg"'),
        ("é.jpg", "inline; filename=\"_.jpg\"; filename*=UTF-8''%C3%A9.jpg"),
        ("100%.jpg", "inline; filename=\"100_.jpg\"; filename*=UTF-8''100%25.jpg"),
        ('a"; b=\\c.jpg', 'inline; filename="a_; b=_c.jpg"'),
        ("../../etc/passwd", 'inline; filename="_.._etc_passwd"'),
        ("a\r\nSet-Cookie: b", 'inline; filename="a__Set-Cookie_ b"'),
        ("gpj.\u202eexe", 'inline; filename="gpj._exe"'),
        ("\ud800.jpg", 'inline; filename="_.jpg"'),
        (" . ", 'inline; filename="picture"'),
        ("", 'inline; filename="picture"'),
    ],
)
def test_the_header_says_the_name_safely(name: str, disposition: str) -> None:
    assert inline_disposition(name) == disposition


def test_a_long_name_keeps_its_extension() -> None:
    assert inline_disposition(f"{'x' * 251}.jpg") == f'inline; filename="{"x" * 96}.jpg"'
    assert inline_disposition("x" * 255) == f'inline; filename="{"x" * 100}"'
    assert inline_disposition(f"a.{'x' * 250}") == f'inline; filename="a.{"x" * 98}"'


@given(st.text(alphabet=st.characters(), max_size=255))
def test_no_name_breaks_the_header(name: str) -> None:
    disposition = inline_disposition(name)
    plain, _, extended = disposition.removeprefix('inline; filename="').partition('"')
    assert disposition.isascii()
    assert disposition.isprintable()
    assert extended == "" or extended.startswith("; filename*=UTF-8''")
    if extended:
        assert len(unquote(extended.removeprefix("; filename*=UTF-8''"))) == len(plain)
