"""What is counted for one picture, as the price of 1,000."""

from __future__ import annotations

import pytest

from bench.baseline.comparison import Side
from bench.baseline.cost import Used

GIGABYTE_SECOND = 0.0000133334


def test_requests_have_their_prices() -> None:
    counts = {"s3Writes": 2, "s3Reads": 1, "writeUnits": 4, "readUnits": 1, "rekognitionCalls": 1}
    assert Used(counts).dollars() == pytest.approx(0.010 + 0.0004 + 0.0025 + 0.000125)


def test_a_function_pays_for_waiting_and_for_its_share_of_a_cpu() -> None:
    waiting = {"s3Writes": 1, "s3Reads": 1, "rekognitionCalls": 1}  # Rekognition reads the object itself
    requests = Used(waiting).dollars()
    seconds = 1.0 + 0.01  # an answer of Rekognition, and one request
    assert Used(waiting, 1024).dollars() - requests == pytest.approx(1000 * seconds * GIGABYTE_SECOND)
    half = Used({"cpuMilliseconds": 100}, 1769 // 2).dollars()
    assert half == pytest.approx(Used({"cpuMilliseconds": 100}, 1769).dollars(), rel=1e-3)


def test_an_invocation_writes_logs() -> None:
    quiet, loud = (Used({"invocations": 1}, 128, log_bytes).dollars() for log_bytes in (0, 1024**3 / 1000))
    assert loud - quiet == pytest.approx(0.50)


def test_the_calls_of_a_picture_are_those_of_the_functions() -> None:
    side = Side(seconds=[0.3, 0.4])
    side.add(
        {"ProcessorFunction": {"s3Reads": 1, "s3Writes": 1, "rekognitionCalls": 1}, "client": {"s3Writes": 1}}
    )
    side.add({"ProcessorFunction": {"s3Reads": 3, "s3Writes": 3, "dynamodbRequests": 4}})
    assert side.calls == 6
