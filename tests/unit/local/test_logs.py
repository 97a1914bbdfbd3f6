from __future__ import annotations

import pytest

from local.logs import log_line, log_problems


@pytest.mark.parametrize(
    ("line", "is_printed"),
    [
        ('{"level": "DEBUG", "message": "done"}', False),
        ('{"level": "INFO", "message": "done"}', False),
        ('{"level": "ERROR", "message": "failed"}', True),
        ('{"message": "without a level"}', True),
        ("Traceback (most recent call last):", True),
        ("[1]", True),
        ("7", True),
    ],
)
def test_log_problems_hides_only_routine_records(
    line: str, is_printed: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    log_problems("TestFunction", line)
    assert capfd.readouterr().err == (f"[TestFunction] {line}\n" if is_printed else "")


def test_log_line_replaces_characters_that_cannot_be_encoded(capfd: pytest.CaptureFixture[str]) -> None:
    log_line("TestFunction", "é \ud800 \n")
    assert capfd.readouterr().err == "[TestFunction] é ?\n"
