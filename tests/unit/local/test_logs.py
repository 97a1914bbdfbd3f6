from __future__ import annotations

import pytest

from local.logs import log_line


def test_log_line_replaces_characters_that_cannot_be_encoded(capfd: pytest.CaptureFixture[str]) -> None:
    log_line("TestFunction", "é \ud800 \n")
    assert capfd.readouterr().err == "[TestFunction] é ?\n"
