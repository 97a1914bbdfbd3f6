"""The page's release: its files, its references to them, and its config.json."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deploy.page import SOURCE, page_config, read_page
from deploy.stack import Stack
from local.site.site import media_type
from tests.unit.deploy.pages import HTML, PICTURES, PRECONNECTS, SERVICES, write_page
from tests.unit.deploy.support import OUTPUTS


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return write_page(tmp_path)


def test_the_files_are_in_the_folder_of_the_release(web: Path) -> None:
    page = read_page(SERVICES, PICTURES, web)
    assert re.fullmatch("[0-9a-f]{16}", page.release)
    assert page.files == {
        f"{page.release}/scripts/main.js": b"start();\n",
        f"{page.release}/styles/base.css": b"body{}\n",
        f"{page.release}/icon.svg": b"<svg/>",
    }


def test_the_page_refers_to_the_files_of_its_release(web: Path) -> None:
    page = read_page(SERVICES, PICTURES, web)
    assert page.index.decode() == (
        HTML.replace('<link rel="icon"', f'{PRECONNECTS}<link rel="icon"')
        .replace('href="icon', f'href="{page.release}/icon')
        .replace('"styles/', f'"{page.release}/styles/')
        .replace('"scripts/', f'"{page.release}/scripts/')
    )


def test_every_change_creates_a_new_release_and_no_change_keeps_it(web: Path) -> None:
    releases = [read_page(SERVICES, PICTURES, web).release, read_page(SERVICES, PICTURES, web).release]
    (web / "icon.svg").rename(web / "mark.svg")
    releases.append(read_page(SERVICES, PICTURES, web).release)
    (web / "styles" / "base.css").write_text("body { margin: 0 }")
    releases.append(read_page(SERVICES, PICTURES, web).release)
    (web / "index.html").write_text(HTML.replace("icon.svg#mark", "mark.svg"))
    releases.append(read_page(SERVICES, PICTURES, web).release)
    assert (releases[0], len(set(releases))) == (releases[1], 4)


def test_every_reference_of_the_real_page_is_a_file() -> None:
    page = read_page(SERVICES, PICTURES)
    references = set(re.findall(r'(?:href|src)="([^"#?:]+)(?=["#?])', page.index.decode()))
    assert len(references) > 3
    assert references <= {*page.files, "config.json"}


def test_no_script_of_the_real_page_loads_a_file_by_a_url_relative_to_the_page() -> None:
    """On the site the file is in its release's folder; only `import` and `ownUrl` are relative to that."""
    files = {file.relative_to(SOURCE).as_posix() for file in SOURCE.rglob("*") if file.is_file()}
    for script in SOURCE.rglob("*.js"):
        named = set(re.findall(r"""["'`](?:\./)?([\w./-]+)["'`]""", script.read_text()))
        imported = set(re.findall(r"""(?:from|import) *\(?["']\./([\w./-]+)["']""", script.read_text()))
        own = set(re.findall(r'ownUrl\("([\w./-]+)"\)', script.read_text()))
        assert own <= files, script.name
        assert (named - imported - own) & files <= {"config.json"}, script.name


def test_creates_the_config_that_the_page_reads() -> None:
    assert json.loads(page_config(Stack("id", "pictures", "CREATE_COMPLETE", {}, OUTPUTS))) == {
        "apiUrl": "https://api.example.com",
        "signIn": {"issuer": "https://id.example.com", "clientId": "page", "commandLineClientId": "cli"},
        "models": False,
    }
    with_models = Stack("id", "pictures", "CREATE_COMPLETE", {"TrainModels": "true"}, OUTPUTS)
    assert json.loads(page_config(with_models))["models"] is True


def test_publishes_the_samples_that_the_page_offers_and_no_others() -> None:
    page = read_page(SERVICES, PICTURES)
    (listed,) = re.findall(r"const SAMPLES = \[(.*)\]", (SOURCE / "scripts" / "samples.js").read_text())
    names = [f"{page.release}/samples/{name}.jpg" for name in re.findall(r"\w+", listed)]
    assert len(names) == 3
    assert [name for name in page.files if name.endswith(".jpg")] == sorted(names)
    assert [(name in page.files, media_type(Path(name))) for name in names] == [(True, "image/jpeg")] * 3
