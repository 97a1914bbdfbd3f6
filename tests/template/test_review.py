"""What needs review: the parameters, and how they reach the processor."""

from __future__ import annotations

from typing import Any

import pytest

from common.equipment import NAMES, parse_equipment
from local.template.parameters import ParameterError
from local.template.template import Template
from tests.template.support import load

DETECTED = {"DetectProtectiveEquipment": "true"}


def rules(template: Template) -> tuple[str, str]:
    """Return the rules in the processor's environment."""
    variables = template.resources("AWS::Lambda::Function")["ProcessorFunction"]["Environment"]["Variables"]
    return str(variables["REVIEW_CONFIDENCE"]), variables["REQUIRED_EQUIPMENT"]


def test_by_default_no_equipment_is_required(template: Template) -> None:
    assert rules(template) == ("80.0", "")


@pytest.mark.parametrize("confidence", ["50", "92.5", "100"])
@pytest.mark.parametrize("equipment", ["head_cover", "HAND_COVER,face_cover", "Helmet,mask,GLOVES"])
def test_the_rules_can_be_set(confidence: str, equipment: str) -> None:
    found = rules(load(ReviewConfidence=confidence, RequiredEquipment=equipment, **DETECTED))
    assert found == (confidence, equipment)
    assert parse_equipment(equipment)


@pytest.mark.parametrize("value", [*NAMES, *NAMES.values()])
def test_everything_that_the_processor_knows_can_be_required(value: str) -> None:
    assert rules(load(RequiredEquipment=value, **DETECTED))[1] == value


def test_required_equipment_must_be_detected() -> None:
    with pytest.raises(ParameterError) as caught:
        load(RequiredEquipment="mask")
    assert str(caught.value) == (
        "RequiredEquipment needs DetectProtectiveEquipment=true, which finds the equipment."
    )


@pytest.mark.parametrize("value", ["49.9", "100.1", "most", ""])
def test_rejects_a_confidence_out_of_range(value: str) -> None:
    with pytest.raises(ParameterError):
        load(ReviewConfidence=value)


@pytest.mark.parametrize("value", ["hat", "Helmet,", ",Helmet", "Helmet,,Mask", "Helmet, Mask", "HelmetMask"])
def test_rejects_what_is_no_equipment(source: dict[str, Any], value: str) -> None:
    required = source["Parameters"]["RequiredEquipment"]["ConstraintDescription"]
    with pytest.raises(ParameterError) as caught:
        load(RequiredEquipment=value)
    assert str(caught.value) == f"The parameter RequiredEquipment can't be {value!r}: it must be {required}."
