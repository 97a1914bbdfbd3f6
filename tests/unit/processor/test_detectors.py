from __future__ import annotations

from processor.detectors import DETECTORS, common_limits
from processor.imaging.interface import Limits


def test_names_and_result_keys_are_those_of_the_schema(result_schema) -> None:
    assert [detector.name for detector in DETECTORS] == result_schema["$defs"]["detector"]["enum"]
    properties = set(result_schema["$defs"]["result"]["properties"])
    assert {detector.result_key for detector in DETECTORS} <= properties


def test_common_limits_are_the_strictest_of_the_detectors() -> None:
    by_name = {detector.name: detector for detector in DETECTORS}
    assert common_limits([]) == Limits()
    assert common_limits([by_name["labels"], by_name["faces"]]) == Limits(5_242_880, 15_728_640, 80, 10_000)
    assert common_limits([by_name["labels"], by_name["ppe"]]) == Limits(4_000_000, 15_728_640, 80, 4096)
