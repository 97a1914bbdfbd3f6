from __future__ import annotations

import pytest

from common.equipment import NAMES, parse_equipment


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("HEAD_COVER", {"Helmet"}),
        ("head_cover,Mask", {"Helmet", "Mask"}),
        ("gloves,HAND_COVER,FACE_COVER", {"Gloves", "Mask"}),
        (",".join(NAMES), {"Helmet", "Mask", "Gloves"}),
    ],
)
def test_reads_types_and_names_in_any_case(text: str, names: set[str]) -> None:
    assert parse_equipment(text) == names


@pytest.mark.parametrize("text", ["hat", "Helmet,", ",", "Helmet, Mask"])
def test_rejects_what_is_no_equipment(text: str) -> None:
    with pytest.raises(KeyError):
        parse_equipment(text)
