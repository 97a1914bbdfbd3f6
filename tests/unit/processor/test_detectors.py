"""The table of detectors."""

from __future__ import annotations

from processor.detectors import DETECTORS, Limits, common_limits


def test_the_table_is_named_as_the_template_and_the_schema_have_it(result_schema) -> None:
    assert [detector.name for detector in DETECTORS] == result_schema["$defs"]["detector"]["enum"]
    lists = set(result_schema["$defs"]["result"]["properties"])
    assert {detector.result_key for detector in DETECTORS} <= lists


def test_common_limits() -> None:
    by_name = {detector.name: detector for detector in DETECTORS}
    assert common_limits([]) == Limits()
    assert common_limits([by_name["labels"], by_name["faces"]]) == Limits(5_242_880, 15_728_640, 80, 10_000)
    assert common_limits([by_name["labels"], by_name["ppe"]]) == Limits(4_000_000, 15_728_640, 80, 4096)
