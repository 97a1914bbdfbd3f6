"""The published files: bundles with the names of what index.html loads, and everything else as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.site.bundle.publication import page_files, publish
from local.site.bundle.syntax import PageError

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = ("https://api.example.com", "https://id.example.com/pool?a=b")
PICTURES = "https://pictures.example.com"
HTML = """<head>
<meta charset="utf-8">
<link rel="icon" href="icon.svg">
<script src="scripts/first.js"></script>
<link rel="stylesheet" href="styles/page.css">
<script type="module" src="scripts/main.js"></script>
</head>
"""
PUBLISHED_HTML = """<head>
<meta charset="utf-8">
<link rel="preconnect" href="https://api.example.com" crossorigin>
<link rel="preconnect" href="https://id.example.com" crossorigin>
<link rel="preconnect" href="https://pictures.example.com">
<link rel="icon" href="icon.svg">
<script>first();</script>
<link rel="stylesheet" href="styles/page.css">
<script type="module" src="scripts/main.js"></script>
</head>
"""
FILES = {
    "index.html": HTML.encode(),
    "icon.svg": b"<svg> </svg>",
    "scripts/first.js": b"first() ;",
    "scripts/main.js": b'import "./dom.js"; load(() => import("./later.js"))',
    "scripts/dom.js": b"dom()",
    "scripts/later.js": b'import "./zip.js"; later()',
    "scripts/zip.js": b"zip()",
    "scripts/unused.js": b"unused()",
    "styles/page.css": b'@import "grid.css"; a {}',
    "styles/grid.css": b"b {}",
}


def test_publishes_bundles_that_index_html_loads() -> None:
    assert publish(FILES, SERVICES, PICTURES) == {
        "index.html": PUBLISHED_HTML.encode(),
        "icon.svg": b"<svg> </svg>",
        "scripts/main.js": b'dom();load(()=>import("./later.js"));\n',
        "scripts/later.js": b"zip();later();\n",
        "styles/page.css": b"b{}a{}\n",
    }


@pytest.mark.parametrize("missing", ["scripts/first.js", "scripts/main.js", "styles/page.css"])
def test_names_a_file_that_index_html_lacks(missing: str) -> None:
    files = {name: body for name, body in FILES.items() if name != missing}
    with pytest.raises(PageError, match=rf"^index\.html: {missing} doesn't exist\.$"):
        publish(files, SERVICES, PICTURES)


def test_reads_files_in_folders_but_no_hidden_ones_and_no_links_out_of_the_folder(tmp_path: Path) -> None:
    web = tmp_path / "web"
    for name in ("index.html", "scripts/parts/a.js", ".git/config", "scripts/.env"):
        (web / name).parent.mkdir(parents=True, exist_ok=True)
        (web / name).write_text("text")
    (tmp_path / "secret.txt").write_text("secret")
    (web / "link.txt").symlink_to(tmp_path / "secret.txt")
    (web / "broken.txt").symlink_to(tmp_path / "missing.txt")
    (web / "inside.txt").symlink_to(web / "index.html")
    assert sorted(page_files(web)) == ["index.html", "inside.txt", "scripts/parts/a.js"]
