"""Whole bursts: each picture ends exactly once, and the design keeps its promise."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from bench.burst.bounds import MIN_QUOTA_USED, START_SECONDS, concurrency_rate, fastest_seconds
from bench.burst.model import Burst
from bench.burst.policies import design, policies
from bench.burst.simulation import Simulation, simulate

BURST = Burst(pictures=300, rate=5, detectors=2, concurrency=1000)


def test_repeats_a_burst_for_the_same_seed() -> None:
    first, second, other = (simulate(replace(BURST, seed=seed), design(BURST)) for seed in (1, 1, 2))
    assert first == second
    assert first != other


@pytest.mark.parametrize("policy", policies(BURST), ids=lambda policy: policy.name)
@pytest.mark.parametrize("concurrency", [10, 1000])
def test_ends_each_picture_once(policy, concurrency) -> None:
    burst = replace(BURST, concurrency=concurrency)
    simulation = Simulation(burst, policy)
    report = simulation.run()
    assert simulation.ends == bytes([1]) * 300
    assert report.done + report.lost == 300
    assert report.invocations >= 300 / policy.batch_size


def test_ends_each_picture_once_if_the_quota_is_far_too_small() -> None:
    burst = replace(BURST, rate=0.001, pictures=50)
    policy = replace(policies(BURST)[-1], reserved=None)  # its receives are limited
    simulation = Simulation(burst, policy)
    report = simulation.run()
    assert simulation.ends == bytes([1]) * 50
    assert report.lost > 0


def test_bills_each_call_once_if_answers_are_kept() -> None:
    assert simulate(BURST, design(BURST)).billed_calls == 600


def test_bills_calls_again_if_answers_are_discarded() -> None:
    lambda_retries = next(policy for policy in policies(BURST) if policy.name == "retried by Lambda")
    assert simulate(BURST, lambda_retries).billed_calls > 600


@pytest.mark.parametrize(("is_fair", "is_fast"), [(True, True), (False, False)])
def test_a_fair_queue_delivers_another_owners_picture_first(is_fair, is_fast) -> None:
    burst = Burst(pictures=1000, rate=5, detectors=4, concurrency=1000, newcomer_after=20)
    seconds = simulate(burst, replace(design(burst), is_fair=is_fair)).newcomer_seconds
    assert seconds is not None
    assert (seconds < 30) == is_fast


@pytest.mark.parametrize(
    ("pictures", "rate", "detectors", "concurrency", "seed"),
    [
        *product([100, 1000], [5, 50], [1, 4], [10, 50, 1000], [1, 2]),
        *product([10_000], [5, 50], [4], [10, 50, 1000], [1]),
    ],
)
def test_uses_the_quota_and_loses_nothing(pictures, rate, detectors, concurrency, seed) -> None:
    burst = Burst(pictures, rate, detectors, concurrency, seed)
    report = simulate(burst, design(burst))
    assert (report.done, report.lost, report.billed_calls) == (pictures, 0, pictures * detectors)
    if fastest_seconds(burst) < 30:  # mostly bounded by its start
        assert report.seconds <= fastest_seconds(burst) + START_SECONDS
    else:
        assert report.quota_used >= MIN_QUOTA_USED * min(1, concurrency_rate(burst) / rate)


def test_a_back_fill_keeps_to_its_share_and_leaves_room_for_another_owners_picture() -> None:
    burst = Burst(pictures=1000, rate=5, detectors=2, concurrency=1000, newcomer_after=60, share=0.8)
    report = simulate(burst, design(burst))
    assert (report.done, report.lost, report.billed_calls) == (1001, 0, 2002)
    assert report.seconds >= 1000 / (5 * 0.8) - 1
    assert report.quota_used <= 0.81
    assert report.newcomer_seconds is not None
    assert report.newcomer_seconds < 15


def test_a_back_fill_pauses_while_the_retry_queue_is_long() -> None:
    burst = Burst(pictures=1000, rate=5, detectors=1, concurrency=1000, share=1.0)
    slow = replace(design(burst), queue_concurrency=1, batch_size=1)  # a message at a time
    simulation = Simulation(burst, slow)
    lengths: list[int] = []
    send = simulation._queue.send

    def count(picture: int, *, is_quiet: bool = False) -> None:
        lengths.append(simulation._queue.waiting)
        send(picture, is_quiet=is_quiet)

    simulation._queue.send = count  # type: ignore[method-assign]
    assert simulation.run().done == 1000
    assert max(lengths) == 300  # a minute of the quota
