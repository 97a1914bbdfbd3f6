from __future__ import annotations

from random import Random

from bench.burst.rekognition import Rekognition


def test_answers_one_seconds_worth_at_once_and_then_the_rate() -> None:
    rekognition = Rekognition(5, 2, Random(1))
    answers = [rekognition.call(0, 0.0) is not None for _ in range(6)]
    assert answers == [True] * 5 + [False]
    assert rekognition.call(1, 0.0) is not None  # another operation has its own quota
    assert rekognition.call(0, 0.1) is None
    assert rekognition.call(0, 0.21) is not None
    assert (rekognition.answered, rekognition.throttled, rekognition.last_answer) == (7, 2, 0.21)
