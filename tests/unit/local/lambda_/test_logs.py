from __future__ import annotations

import json

import pytest

from local.lambda_.logs import log_line, log_trouble


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_what_only_tells_how_things_go_is_no_trouble(level: str, capfd: pytest.CaptureFixture[str]) -> None:
    log_trouble("ProbeFunction", json.dumps({"level": level, "message": "done"}))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "line",
    [
        '{"level": "WARNING", "message": "refused"}',
        '{"level": "ERROR", "message": "failed"}',
        '{"message": "of no level"}',
        "Traceback (most recent call last):",
        "[1]",
        "7",
        '"INFO"',
        "null",
    ],
)
def test_all_else_is_written(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    log_trouble("ProbeFunction", line)
    assert capfd.readouterr().err == f"[ProbeFunction] {line}\n"


def test_a_line_is_whole_whatever_is_in_it(capfd: pytest.CaptureFixture[str]) -> None:
    log_line("ProbeFunction", "é \ud800 \n")
    assert capfd.readouterr().err == "[ProbeFunction] é ?\n"
