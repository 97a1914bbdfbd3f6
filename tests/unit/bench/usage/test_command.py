"""What `make usage` refuses to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.usage import __main__ as usage
from bench.usage.measurement import Measurement

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_measurement_that_saw_no_metric_is_not_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    monkeypatch.setattr(usage, "FILE", tmp_path / "measured.json")
    monkeypatch.setattr(usage, "use_local_credentials", lambda environ: None)
    monkeypatch.setattr(usage, "measure", lambda *_, **__: Measurement())
    assert usage.main(arguments) == 1
    assert capsys.readouterr().err == (
        "No metric was seen, although each picture has some, so the measurement isn't used.\n"
    )
    assert not usage.FILE.exists()
