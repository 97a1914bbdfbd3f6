"""How the samples of a step become its counts."""

from __future__ import annotations

from bench.usage.measurement import Step, summarize


def test_a_count_is_the_usual_one_and_a_time_is_the_mean() -> None:
    usual: Step = {"Presign": {"writeUnits": 7, "cpuMilliseconds": 10}, "client": {"apiRequests": 1}}
    unusual: Step = {
        "Presign": {"writeUnits": 8, "s3Reads": 1, "cpuMilliseconds": 40},
        "client": {"apiRequests": 1},
    }
    assert summarize([usual, unusual, usual]) == {
        "Presign": {"writeUnits": 7, "s3Reads": 0, "cpuMilliseconds": 20},
        "client": {"apiRequests": 1},
    }
