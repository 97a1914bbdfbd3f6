"""A broken template.yaml or samconfig.toml is one sentence, which says where the mistake is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.settings import ROOT
from local.template.documents import DocumentError, read_toml, read_yaml_template

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def problem(read: Callable[[Path], dict[str, Any]], file: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a = 1\n[b\n",
            "is not valid TOML: Expected ']' at the end of a table declaration (at line 2, column 3).",
        ),
        ("a = 1\na = 2\n", "is not valid TOML: Cannot overwrite a value (at line 2, column 6)."),
        ('a = 1\nb = "x', "is not valid TOML: Unterminated string (at line 2, column 7)."),
        (b"a = 1\nb = '\xfc'", "is not valid UTF-8: the byte 0xFC isn't allowed (at line 2, column 6)."),
    ],
)
def test_says_where_toml_is_not_valid(tmp_path: Path, text: str | bytes, message: str) -> None:
    file = tmp_path / "samconfig.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert problem(read_toml, file) == f"samconfig.toml {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Resources:\n  A: [1, 2\n  B: 3\n",
            "is not valid YAML: expected ',' or ']', but got ':' (at line 3, column 4).",
        ),
        (
            "Resources:\n\tA: 1\n",
            "is not valid YAML: found character '\\t' that cannot start any token (at line 2, column 1).",
        ),
        ("Resources:\n  A: *b\n", "is not valid YAML: found undefined alias 'b' (at line 2, column 6)."),
        (
            "Resources:\r\n  A: \0",
            "is not valid YAML: the character '\\x00' isn't allowed (at line 2, column 6).",
        ),
        ("Resources:\n  A: 2026-02-30\n", "is not valid YAML: day is out of range for month."),
        (b"Resources:\n  A: \xfc", "is not valid UTF-8: the byte 0xFC isn't allowed (at line 2, column 6)."),
        ("", "has no Resources."),
        ("- Resources\n", "has no Resources."),
        ("Outputs: {}\n", "has no Resources."),
        ("Outputs: {}\nResources: []\n", "must have a mapping at Resources (at line 2, column 1)."),
        (
            "Resources:\n  A:\n  Type: AWS::SQS::Queue\n",
            "must have a mapping at Resources.A (at line 2, column 3).",
        ),
        (
            "Resources:\n  A:\n    Typ: AWS::SQS::Queue\n",
            "must have a string at Resources.A.Type (at line 2, column 3).",
        ),
        (
            "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n  B: {Type: AWS::SQS::Queue}\n",
            "must have a mapping at Resources.A.Properties (at line 4, column 5).",
        ),
        (
            "Parameters:\n  A: 5\nResources: {}\n",
            "must have a mapping at Parameters.A (at line 2, column 3).",
        ),
        (
            "Rules:\n  A: {}\nResources: {}\n",
            "must have a list at Rules.A.Assertions (at line 2, column 3).",
        ),
    ],
)
def test_says_where_a_template_is_not_valid(tmp_path: Path, text: str | bytes, message: str) -> None:
    file = tmp_path / "template.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert problem(read_yaml_template, file) == f"template.yaml {message}"


@pytest.mark.parametrize("read", [read_toml, read_yaml_template])
def test_says_that_a_file_cannot_be_read(tmp_path: Path, read: Callable[[Path], dict[str, Any]]) -> None:
    assert problem(read, tmp_path / "file") == f"{tmp_path}/file can't be read: No such file or directory."
    assert problem(read, tmp_path) == f"{tmp_path} can't be read: Is a directory."


def test_a_template_is_what_sam_reads() -> None:
    file = ROOT / "template.yaml"
    assert read_yaml_template(file) == yaml_parse(file.read_text(encoding="utf-8"))
