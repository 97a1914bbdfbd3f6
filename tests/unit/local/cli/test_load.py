"""`make load`: new pictures for the running stack."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest
from PIL import Image

from glimpse import Client, GlimpseError, IdToken, ImageFile
from local.cli import load


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The pictures that were uploaded. Every third one fails."""
    pictures: list[bytes] = []

    def upload(client: Client, file: ImageFile) -> None:
        assert (client.url, file.name) == ("http://127.0.0.1:3000", "picture.jpg")
        pictures.append(b"".join(file.chunks()))
        if len(pictures) % 3 == 0:
            raise GlimpseError("The API responded with 503 Service Unavailable.")

    monkeypatch.setattr(Client, "upload", upload)
    return pictures


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOST", "WEB_PORT", "API_PORT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(load, "find_issuer", lambda page_url: page_url)
    monkeypatch.setattr(load, "fetch_tokens", lambda issuer, page_url, user: {"id_token": "token"})


def test_each_picture_is_a_new_one(uploads: list[bytes]) -> None:
    failures = load.upload_pictures(Client("http://127.0.0.1:3000", IdToken("token")), 7)
    assert failures == Counter({"The API responded with 503 Service Unavailable.": 2})
    assert len(set(uploads)) == 7
    with Image.open(BytesIO(uploads[0])) as picture:
        assert (picture.format, picture.size) == ("JPEG", (160, 120))  # Rekognition's minimum is 80 pixels


@pytest.mark.usefixtures("signed_in")
def test_goes_on_after_a_failure(uploads: list[bytes], capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main(["4"]) == 0
    assert capsys.readouterr().out == (
        "Uploaded 3 of 4 pictures.\n1 time: The API responded with 503 Service Unavailable.\n"
    )
    assert load.main([]) == 0
    assert len(uploads) == 4 + 20


@pytest.mark.usefixtures("signed_in")
def test_counts_the_failures_of_each_reason(uploads: list[bytes], capsys: pytest.CaptureFixture[str]) -> None:
    assert load.main(["6"]) == 0
    assert capsys.readouterr().out == (
        "Uploaded 4 of 6 pictures.\n2 times: The API responded with 503 Service Unavailable.\n"
    )


@pytest.mark.parametrize("count", ["abc", "-1", "0", "2.5"])
def test_explains_a_number_that_it_cannot_use(capsys: pytest.CaptureFixture[str], count: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        load.main([count])
    assert exit_.value.code == 2
    reason = f"IMAGES must be a whole number of 1 or more, not {count}"
    assert capsys.readouterr().err == f"make load: {reason}\n"


def test_says_that_no_stack_is_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_PORT", "1")
    assert load.main([]) == 1
    assert "Start one with make run" in capsys.readouterr().err
