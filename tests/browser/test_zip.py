"""The page's zip archives, read by Python's zipfile and by unzip."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

from tests.browser.modules import load_module

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


def test_zip_of_more_than_65535_files(page: Page, tmp_path: Path) -> None:
    with page.expect_download() as download:
        modules = [load_module(page, "zip.js"), load_module(page, "dom.js")]
        script = """async ([{ ZipWriter }, { saveFile }]) => {
          const parts = [];
          const zip = new ZipWriter(async (...added) => parts.push(...added));
          for (let number = 0; number < 70_000; number += 1) await zip.add(`${number}.txt`, "é", new Date());
          await zip.close();
          saveFile(new Blob(parts), "many.zip");
        }"""
        page.evaluate(script, modules)
    file = tmp_path / "many.zip"
    download.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert names == [f"{number}.txt" for number in range(70_000)]
        assert {archive.read(name) for name in names} == {"é".encode()}
    if shutil.which("unzip"):
        subprocess.run(["unzip", "-tqq", str(file)], check=True)
