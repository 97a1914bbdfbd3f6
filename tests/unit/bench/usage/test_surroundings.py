"""What the template adds to the bill beside the pictures."""

from __future__ import annotations

from bench.usage.surroundings import count_resources
from deploy.cost.usage import MEASURED


def test_the_bill_has_the_alarms_and_the_dashboard_of_the_template() -> None:
    assert count_resources() == MEASURED["resources"]


def test_an_alarm_on_a_sum_has_several_metrics() -> None:
    found = count_resources()
    assert found["alarmMetrics"] > found["alarms"] > 0
