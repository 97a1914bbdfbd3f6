"""Questions: only a full yes is one, and without a terminal the sentence says how to answer."""

from __future__ import annotations

import io

import pytest

from deploy.errors import DeploymentError
from deploy.prompt import confirm


def standard_input(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("answer", "is_yes"), [("yes", True), (" YES ", True), ("y", False), ("no", False), ("", False)]
)
def test_only_a_full_yes_confirms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, is_yes: bool
) -> None:
    monkeypatch.setattr("sys.stdin", standard_input(f"{answer}\n".encode()))
    assert confirm("Delete it?", "make delete") == is_yes
    assert capsys.readouterr().out == "Delete it? Type yes to confirm: \n"


def test_a_terminal_ends_the_line_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = standard_input(b"yes\n")
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)
    assert confirm("Delete it?", "make delete")
    assert capsys.readouterr().out == "Delete it? Type yes to confirm: "


@pytest.mark.parametrize("stdin", [standard_input(b""), standard_input(b"\xff\n"), None])
def test_says_how_to_answer_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stdin: io.TextIOWrapper | None
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(DeploymentError) as caught:
        confirm("Delete it?", "make delete ENV=prod")
    assert str(caught.value) == (
        "Nobody answered, so nothing was changed. "
        "To answer without a terminal: echo yes | make delete ENV=prod"
    )
    assert capsys.readouterr().out.endswith("\n")
