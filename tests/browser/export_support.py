"""Calls the page's export, and a library whose results, files and failures a test sets."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.fake_library import FakeLibrary, fulfill_problem, image_id
from tests.browser.support import fulfill

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from tests.browser.support import Json

EXPORT = """async ([format, selection, options]) => {
  delete window.showSaveFilePicker;  // a test can't choose a file in its dialog
  window.progress = [];
  const { exportImages } = await importSource("export.js");
  return exportImages(format, selection, { ...options, onProgress: (state) => window.progress.push(state) });
}"""


@dataclass
class ExportLibrary(FakeLibrary):
    """A fake library with result documents, originals and failures of single images."""

    documents: dict[str, Json | None] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)  # by the end of the id, as in a link
    gone_ids: set[str] = field(default_factory=set)  # are listed, but then they are gone
    original_statuses: dict[str, list[int]] = field(default_factory=dict)  # of the next responses

    def set_result(self, number: int, result: Json) -> None:
        self.documents[image_id(number)] = result

    def _image_by_id(self, route: Route) -> None:
        identifier = urlsplit(route.request.url).path.split("/")[2]
        if identifier in self.gone_ids:
            fulfill_problem(route, 404, "not-found", "This picture doesn't exist. It may have been deleted.")
            return
        image = self.images[identifier]
        self.requested_ids.append(identifier)
        links = {"original": self._link("original", image)} if image["status"] == "done" else {}
        result = self.documents.get(identifier, {"SchemaVersion": 1}) if image["status"] == "done" else None
        body = json.dumps({"image": image, "result": result, "links": links})
        fulfill(route, body=body, content_type="application/json")

    def _object(self, route: Route) -> None:
        kind, end, _ = urlsplit(route.request.url).path.split("/")[-3:]
        statuses = self.original_statuses.get(end, []) if kind == "original" else []
        if statuses:
            fulfill(route, status=statuses.pop(0))
        elif kind == "original":
            body = self.originals.get(end, f"original {end}".encode())
            fulfill(route, body=body, content_type="image/jpeg")
        else:
            super()._object(route)


def end_of(number: int) -> str:
    """Return the end of an image's id, as links of the fake library have it."""
    return image_id(number)[-6:]


def export(page: Page, form: str, selection: Json, **options: Any) -> tuple[Json, bytes]:
    """Export and return the outcome and the downloaded bytes."""
    with page.expect_download() as download:
        outcome: Json = page.evaluate(EXPORT, [form, selection, options])
    return outcome, download.value.path().read_bytes()


def unzip(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name, in their order, after checking their checksums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def read_xmp(sidecar: bytes, folder: Path) -> Json:
    """Read a sidecar with exiftool: its tags by name, as structures and without conversion."""
    if shutil.which("exiftool") is None:
        pytest.fail("exiftool is missing. Install it: apt-get install libimage-exiftool-perl.")
    file = folder / "sidecar.xmp"
    file.write_bytes(sidecar)
    command = ["exiftool", "-json", "-struct", "-n", "-validate", "-warning", "-XMP:all", str(file)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (tags,) = json.loads(output)
    del tags["SourceFile"]
    return dict(tags)
