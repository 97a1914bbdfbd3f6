"""The report, from the verdicts on two suites to the summary."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bench.corpus.__main__ import main
from bench.corpus.references import PARTIAL, Rendering
from common.rejections import Rejection

SAMPLE = Path(__file__).resolve().parents[4] / "web" / "samples" / "chelsea.jpg"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for suite in ("photos", "odd"):
        (tmp_path / suite).mkdir()
    shutil.copy(SAMPLE, tmp_path / "photos" / "cat.jpg")
    (tmp_path / "odd" / "cut.jpg").write_bytes(SAMPLE.read_bytes()[:9000])
    (tmp_path / "odd" / "page.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "notes").write_bytes(b"nothing")
    return tmp_path


class Viewer:
    """Shows a part of every JPEG."""

    name = "Viewer"
    formats = frozenset(("JPEG",))

    def render_each(self, paths):
        for path in paths:
            yield path, Rendering(self.name, PARTIAL, 451, 300)


def tables(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of the table below each heading, without the columns of time and memory."""
    found = {}
    for section in text.split("\n## ")[1:]:
        title, _, body = section.partition("\n\n")
        found[title] = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("| ")]
    return {
        title: [row[:-2] if title != "Disagreements" else row for row in rows]
        for title, rows in found.items()
    }


def test_prints_a_line_per_file_with_the_sentence(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpus), "--no-reference"]) == 0
    lines = capsys.readouterr().out.partition("\n## ")[0].splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "not-an-image",
        "broken",
        "unsupported-format",
        "done",
    ]
    assert f"    {Rejection.of('broken').message}" in lines
    assert any(line.startswith("done") and "451×300" in line and "photos/cat.jpg" in line for line in lines)


def test_summarizes_formats_and_suites(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(corpus), "--no-reference"])
    found = tables(capsys.readouterr().out)
    codes = ["files", "done", "not-an-image", "unsupported-format", "broken", "disagreements"]
    assert found == {
        "Disagreements": [["file", "format", "verdict", "reference", "disagreement"]],
        "Formats": [
            ["format", *codes],
            ["JPEG", "2", "1", "0", "0", "1", "0"],
            ["other", "2", "0", "1", "1", "0", "0"],
            ["total", "4", "1", "1", "1", "1", "0"],
        ],
        "Suites": [
            ["suite", *codes],
            ["(top folder)", "1", "0", "1", "0", "0", "0"],
            ["odd", "2", "0", "0", "1", "1", "0"],
            ["photos", "1", "1", "0", "0", "0", "0"],
            ["total", "4", "1", "1", "1", "1", "0"],
        ],
    }


def test_lists_the_disagreements(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.corpus.__main__.installed_references", lambda _: [Viewer()])
    assert main([str(corpus)]) == 0
    (row,) = tables(capsys.readouterr().out)["Disagreements"][1:]
    assert row[:2] == ["odd/cut.jpg", "JPEG"]
    assert row[2].startswith("broken")
    assert row[3:] == ["Viewer: partial", "read in part"]


def test_prints_json_lines(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(corpus), "--jsonl", "--no-reference"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (cat,) = (row for row in rows if row["file"] == "photos/cat.jpg")
    assert cat.pop("seconds") < 20
    assert cat.pop("megabytes") > 0
    assert cat == {
        "file": "photos/cat.jpg",
        "verdict": "done",
        "message": "",
        "cause": "",
        "format": "JPEG",
        "width": 451,
        "height": 300,
        "converted": False,
        "reference": None,
        "referenceStatus": None,
        "referenceWidth": None,
        "referenceHeight": None,
        "meanDifference": None,
        "maxDifference": None,
        "disagreement": "",
    }


def test_fails_if_a_file_takes_the_processor_down(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr("bench.corpus.__main__.judge", crash)
    assert main([str(corpus), "--no-reference"]) == 1


@pytest.mark.parametrize(
    ("folder", "message"),
    [("", "name a folder: make corpus DIR=folder"), ("missing", "missing isn't a folder with files")],
)
def test_refuses_a_missing_folder(folder: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([folder])
    assert message in capsys.readouterr().err
