"""The READMEs name what the client has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NotRequired, get_origin, get_type_hints

import yaml

import glimpse
from glimpse.errors import BY_CODE
from glimpse.loopback import PORT
from glimpse.models import Image, ImagePatch
from glimpse.retrying import PATIENCE

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
CLIENT = (ROOT / "client/README.md").read_text("utf-8")


def test_every_error_of_the_contract_can_be_imported_from_the_package() -> None:
    names = {each.__name__ for each in BY_CODE.values()} - {"NotFinished"}  # which is always repeated
    assert names - set(glimpse.__all__) == set()
    assert [name for name in glimpse.__all__ if not hasattr(glimpse, name)] == []


def test_the_example_imports_what_exists() -> None:
    (names,) = re.findall(r"^from glimpse import (.*)$", CLIENT, re.MULTILINE)
    assert set(names.split(", ")) <= set(glimpse.__all__)


def test_the_readme_names_the_redirect_url_and_the_variables() -> None:
    assert f"`http://127.0.0.1:{PORT}/`" in README
    read = {
        name
        for file in (ROOT / "client/glimpse").rglob("*.py")
        for name in re.findall(r'"(GLIMPSE_\w+)"', file.read_text("utf-8"))
    }
    assert read == {
        "GLIMPSE_URL",
        "GLIMPSE_CLIENT_ID",
        "GLIMPSE_CLIENT_SECRET",
        "GLIMPSE_SCOPE",
        "GLIMPSE_AUDIENCE",
    }
    assert {name for name in read if f"`{name}`" not in README} == set()
    assert PATIENCE == 120
    assert "repeated for two minutes" in CLIENT


def test_an_image_has_only_fields_of_the_contract() -> None:
    contract = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text("utf-8"))
    fields = contract["components"]["schemas"]["ImageFields"]
    hints = get_type_hints(Image, include_extras=True)
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    assert hints.keys() - optional == set(fields["required"])
    assert optional <= fields["properties"].keys()
    patch = contract["components"]["schemas"]["ImagePatch"]["properties"]
    assert ImagePatch.__optional_keys__ == patch.keys()
