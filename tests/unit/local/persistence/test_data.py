"""Local data that can't be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.persistence.data import LocalData
from local.persistence.database import DataError


def fail(error: DataError) -> None:
    raise AssertionError(error)


def test_a_start_that_fails_leaves_the_folder_unlocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patches:
        patches.setattr("local.persistence.data.new_signing_key", interrupt)
        with pytest.raises(KeyboardInterrupt) as caught:  # keeps what was opened alive
            LocalData(tmp_path, fail)
    LocalData(tmp_path, fail).close()
    assert caught.traceback
