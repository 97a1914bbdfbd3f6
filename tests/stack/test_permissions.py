"""The functions need every grant of the template, and no narrower one would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import takewhile
from multiprocessing import get_context

import pytest

from local.aws.iam import Grant, Permission
from tests.cloud import ENTERPRISE_OPTIONS
from tests.stack import permission_tour
from tests.template.support import ALL_FUNCTIONS, FUNCTIONS

Grants = Mapping[Grant, frozenset[Permission]]

pytestmark = pytest.mark.timeout(300)  # the tour takes a minute, on a busy machine more

# Grants that no request uses on this machine, each with the reason.
UNUSED_HERE = {
    Grant(function, action, resource): reason
    for reason, functions, resource, actions in (
        (
            "Lambda writes the logs; here they go to the terminal.",
            ALL_FUNCTIONS,
            "*",  # of AWS's managed policy, which SAM attaches to each role
            ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
        ),
        (
            "Lambda records the traces; here are none.",
            ALL_FUNCTIONS,
            "*",  # of AWS's managed policy, which SAM attaches to each role with active tracing
            (
                "xray:PutTraceSegments",
                "xray:PutTelemetryRecords",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:GetSamplingStatisticSummaries",
            ),
        ),
        (
            "Lambda polls the queue; here the stack does, as its administrator.",
            ("ProcessorFunction",),
            "*",  # of AWS's managed policy, which SAM attaches to the role of a queue's consumer
            ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        ),
        (
            "Lambda reads the stream; here the stack passes on what requests change.",
            ("PublisherFunction",),
            "arn:aws:dynamodb:us-east-1:123456789012:table/CatalogTable/stream/local",
            ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        ),
        (
            "Lambda asks for it when it creates the mapping; here is none.",
            ("PublisherFunction",),
            "*",
            ("dynamodb:ListStreams",),
        ),
        ("Nothing is encrypted here.", ALL_FUNCTIONS, ENTERPRISE_OPTIONS["KmsKeyArn"], ("kms:Decrypt",)),
        (
            "Nothing is encrypted here.",
            (*FUNCTIONS, "TrainerFunction"),  # the others write nothing that is encrypted
            ENTERPRISE_OPTIONS["KmsKeyArn"],
            ("kms:GenerateDataKey",),
        ),
    )
    for function in functions
    for action in actions
}


# A snapshot of the counts, for which the log is read, is tried after one change in 64.
SOMETIMES_USED = {
    Grant("ProcessorFunction", "dynamodb:Query", "arn:aws:dynamodb:us-east-1:123456789012:table/CatalogTable")
}


PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/local-????????????????"
# A project's ARN ends with the time of its creation: for one that isn't created yet, 0 on this machine.
NARROWER_HERE = {Grant("TrainerFunction", "rekognition:CreateProject", f"{PROJECT}/*"): f"{PROJECT}/0"}


@pytest.fixture(scope="module")
def grants() -> Grants:
    """The grants of a stack with every option, and what they were used for."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(permission_tour.take).result()


def test_every_grant_is_used(grants: Grants) -> None:
    assert grants.keys() >= SOMETIMES_USED
    assert {grant for grant, used in grants.items() if not used} - SOMETIMES_USED == UNUSED_HERE.keys()


def test_no_grant_is_broader_than_its_use(grants: Grants) -> None:
    needed = {grant: narrowest(grant.resource, resources(used)) for grant, used in grants.items() if used}
    assert {
        grant: resource for grant, resource in needed.items() if resource != grant.resource
    } == NARROWER_HERE


def test_no_two_grants_allow_the_same_request(grants: Grants) -> None:
    users: dict[tuple[str, Permission], set[Grant]] = {}
    for grant, used in grants.items():
        for permission in used:
            users.setdefault((grant.function_id, permission), set()).add(grant)
    assert [sharing for sharing in users.values() if len(sharing) > 1] == []


@pytest.mark.parametrize(
    ("pattern", "used", "needed"),
    [
        ("table", ["table"], "table"),
        ("*", ["*"], "*"),  # an action without resources
        ("b/*", ["b/a/1", "b/c/2"], "b/*"),
        ("b/*", ["b/uploads/a/1", "b/uploads/c/2"], "b/uploads/*"),
        ("b/*", ["b/uploads/1", "b/upper/2"], "b/*"),  # folders, not parts of names
        ("b/*", ["b/a/1.json", "b/c/2.a.json"], "b/*.json"),
        ("b/*", ["b/a/1.webp", "b/c/2.json"], "b/*"),
        ("b/*.json", ["b/a/1.json", "b/c/2.a.json"], "b/*.json"),
        ("b/*", ["b/a/1"], "b/a/1"),
        ("b-??/*", ["b-12/a/1", "b-34/a/2"], "b-??/a/*"),
        ("b-??/*", ["b-12/1", "b-34/2"], "b-??/*"),
    ],
)
def test_narrowest_covers_the_use_only(pattern: str, used: list[str], needed: str) -> None:
    assert narrowest(pattern, used) == needed


def resources(used: Iterable[Permission]) -> list[str]:
    return [permission.resource for permission in used]


def narrowest(pattern: str, used: Iterable[str]) -> str:
    """Narrow a pattern's * to the folder and the file extension that all used resources share."""
    start, wildcard, end = pattern.partition("*")
    if not wildcard:
        return pattern
    names = {resource[len(start) :].removesuffix(end) for resource in used}  # ? is one character
    if len(names) == 1:
        return f"{start}{names.pop()}{end}"
    folders = shared_start(name.split("/")[:-1] for name in names)
    extensions = shared_start(name.rpartition("/")[2].split(".")[:0:-1] for name in names)  # last one first
    return "".join(
        [start, *(f"{folder}/" for folder in folders), "*", *(f".{part}" for part in extensions[::-1]), end]
    )


def shared_start(lists: Iterable[list[str]]) -> list[str]:
    return [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*lists, strict=False))]
