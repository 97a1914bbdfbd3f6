from __future__ import annotations

from dataclasses import replace

from common.prices import GROUPS
from processor.detectors import DETECTORS, build_calls, common_limits, enabled_detectors
from processor.imaging.interface import Limits


def test_names_and_result_keys_are_those_of_the_schema(result_schema) -> None:
    assert [detector.name for detector in DETECTORS] == result_schema["$defs"]["detector"]["enum"]
    properties = set(result_schema["$defs"]["result"]["properties"])
    assert {detector.result_key for detector in DETECTORS} <= properties


def test_each_call_is_billed_in_the_groups_of_its_detectors(settings) -> None:
    changed = replace(
        settings,
        detect_moderation=True,
        detect_text=True,
        detect_faces=True,
        detect_celebrities=True,
        detect_protective_equipment=True,
        detect_properties=True,
        custom_labels_model_arn="arn:aws:rekognition:us-east-1:123456789012:project/p/version/v/1",
    )
    groups = {call.operation: call.price_groups for call in build_calls(enabled_detectors(changed), changed)}
    assert groups == {
        "DetectLabels": ("image", "properties"),
        "DetectModerationLabels": ("image",),
        "DetectText": ("image",),
        "DetectFaces": ("image",),
        "RecognizeCelebrities": ("image",),
        "DetectProtectiveEquipment": ("image",),
        "DetectCustomLabels": (),
    }
    alone = replace(settings, detect_labels=False, detect_properties=True)
    (call,) = build_calls(enabled_detectors(alone), alone)
    assert call.price_groups == ("properties",)
    assert {group for call_groups in groups.values() for group in call_groups} == set(GROUPS)


def test_common_limits_are_the_strictest_of_the_detectors() -> None:
    by_name = {detector.name: detector for detector in DETECTORS}
    assert common_limits([]) == Limits()
    assert common_limits([by_name["labels"], by_name["faces"]]) == Limits(5_242_880, 15_728_640, 80, 10_000)
    assert common_limits([by_name["labels"], by_name["ppe"]]) == Limits(4_000_000, 15_728_640, 80, 4096)
