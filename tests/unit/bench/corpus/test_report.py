"""The report, from the verdicts on two suites to the summary."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bench.corpus.__main__ import main
from bench.corpus.bounded import Call
from bench.corpus.disagreements import Row
from bench.corpus.references import PARTIAL, WHOLE, Rendering
from bench.corpus.report import HEADER, disagreements, to_line
from bench.corpus.verdict import Verdict
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
    header, *lines = capsys.readouterr().out.partition("\n## ")[0].splitlines()
    assert header.split() == ["verdict", "format", "size", "mean", "max", "time", "memory", "file"]
    ends = {line.index("MB") + 2 for line in lines if not line.startswith(" ")}
    assert ends == {header.index("memory") + len("memory")}
    assert sum("no reference" in line for line in lines) == 4
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
    codes += ["partial", "no reference"]
    assert found == {
        "Disagreements": [["file", "format", "verdict", "reference", "disagreement"]],
        "Formats": [
            ["format", *codes],
            ["JPEG", "2", "1", "0", "0", "1", "0", "0", "2"],
            ["other", "2", "0", "1", "1", "0", "0", "0", "2"],
            ["total", "4", "1", "1", "1", "1", "0", "0", "4"],
        ],
        "Suites": [
            ["suite", *codes],
            ["(top folder)", "1", "0", "1", "0", "0", "0", "0", "1"],
            ["odd", "2", "0", "0", "1", "1", "0", "0", "2"],
            ["photos", "1", "1", "0", "0", "0", "0", "0", "1"],
            ["total", "4", "1", "1", "1", "1", "0", "0", "4"],
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


def test_says_what_is_not_compared_and_what_is_shown_in_part(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.corpus.__main__.installed_references", lambda _: [Viewer()])
    main([str(corpus)])
    printed = capsys.readouterr().out
    assert printed.splitlines()[:3] == [
        "libvips isn't installed: HEIC and TIFF aren't compared",
        "Chromium isn't installed: AVIF, BMP, GIF, JPEG, MPO, PNG and WebP aren't compared",
        HEADER,
    ]
    (cat,) = (line for line in printed.splitlines() if line.startswith("done"))
    assert cat.split()[2:4] == ["451×300", "partial"]
    assert tables(printed)["Formats"][-1][-3:] == ["1", "2", "2"]
    main([str(corpus), "--jsonl"])
    printed_json = capsys.readouterr()
    assert "libvips isn't installed" in printed_json.err
    assert "installed" not in printed_json.out


def test_a_reason_is_one_line() -> None:
    verdict = Verdict("broken", "A sentence.", "SyntaxError: not\n\n  a |\tPNG", "PNG")
    row = Row(Call(Path("folder/file"), verdict, "", 1.0, 50), Rendering("Viewer", WHOLE, 1, 1))
    first, *reasons = to_line(row, Path("folder")).splitlines()
    assert first.split() == ["broken", "PNG", "–", "whole", "1.00", "s", "50", "MB", "file"]
    assert reasons == ["    A sentence.", "    SyntaxError: not a | PNG"]
    assert list(disagreements([row], Path("folder")))[2:] == [
        "| file | PNG | broken (SyntaxError: not a / PNG) | Viewer: whole | read by the reference |"
    ]


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
