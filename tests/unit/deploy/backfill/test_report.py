"""The estimate and the report: what they count, and in which words."""

from __future__ import annotations

from collections import Counter

import pytest

from catalog.records import ImageRecord
from deploy.backfill.follow import KEPT, Ending
from deploy.backfill.images import ALREADY_DONE, DELETED, UNFINISHED, Batch, Selected, Survey, added_cost
from deploy.backfill.pace import Pace
from deploy.backfill.place import Local
from deploy.backfill.report import Estimate, Report
from tests.backfill import PLACE
from tests.unit.support import IMAGE_ID, NOW

LABELS, CUSTOM = ("DetectLabels", ("image", "properties")), ("DetectCustomLabels", ())
RECORD = ImageRecord("alice", IMAGE_ID, "pending", "a.jpg", "image/jpeg", 1, NOW)
SELECTED = Selected(RECORD, (LABELS, CUSTOM))


def test_the_estimate_counts_calls_and_what_they_are_billed_as() -> None:
    survey = Survey()
    survey.add(Batch([SELECTED] * 2000, [SELECTED], Counter({ALREADY_DONE: 5})))
    estimate = Estimate(survey, Pace(5.0, 0.8), {"image": 0, "properties": 0}, 3.0, PLACE)
    assert list(estimate.lines()) == [
        "- to recognize: 2,000",
        "- already started: 1",
        "- already done: 5",
        "- calls: 4,000 (2,000 of DetectCustomLabels, 2,000 of DetectLabels)",
        "- Rekognition: about $3.50 at list prices",
        "- time: about 8 min at 4 images/s",
        "- the run ends when the month has cost $3: see MonthlyBillingCeiling",
    ]


def test_says_what_the_local_stack_would_cost_on_aws() -> None:
    survey = Survey()
    survey.add(Batch([SELECTED] * 2000))
    estimate = Estimate(survey, Pace(5.0, 0.8), {"image": 0, "properties": 0}, 0.0, Local())
    assert list(estimate.lines())[2:] == [
        "- Rekognition: on AWS, about $3.50 at list prices",
        "- time: about 8 min at 4 images/s by Rekognition's quota; the local engine may need longer",
    ]
    (line,) = [line for line in Report().lines({}, Local()) if line.startswith("Rekognition")]
    assert line == "Rekognition: on AWS, about $0.00 at list prices"


@pytest.mark.parametrize(("used", "dollars"), [(0, 1.0), (999_500, 0.9), (2_000_000, 0.8)])
def test_what_the_month_has_used_decides_about_the_price(used: int, dollars: float) -> None:
    assert round(added_cost({"image": used}, {"image": 1000}), 6) == dollars


def test_the_report_says_how_each_image_ended() -> None:
    report = Report(waiting=1, calls_to_come=2, seconds=7200)
    report.skip(Batch(others=Counter({ALREADY_DONE: 5})))
    report.add(Ending(SELECTED, None, billed_calls=2))
    report.add(Ending(SELECTED, None, billed_calls=3))  # an answer was lost
    report.add(Ending(SELECTED, "broken", billed_calls=1))
    report.add(Ending(SELECTED, KEPT, billed_calls=3))
    report.add(Ending(SELECTED, DELETED))
    report.add(Ending(SELECTED, UNFINISHED, billed_calls=1))
    assert report.analyses == {"image": 7, "properties": 5}
    assert report.failed == {"broken": 1, KEPT: 1}
    assert list(report.lines({"image": 0, "properties": 0}, PLACE)) == [
        "Recognized: 2",
        "Failed (broken): 1",
        "Failed (kept their earlier result): 1",
        "Not finished yet: 2",
        "Already done: 5",
        "Deleted meanwhile: 1",
        "Billed calls: 10",
        "Up to 3 more calls for those not finished",
        "Rekognition: about $0.01 at list prices",
        "Duration: 2 h 0 min",
    ]
