"""What must be true at the end of a run. Each check returns its violations, as sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from bench.chaos.pictures import label_names
from common.object_keys import (
    answers_key,
    converted_key,
    output_keys,
    preview_key,
    result_key,
    thumbnail_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.chaos.plan import Upload
    from bench.chaos.snapshot import Snapshot

_UNKNOWN = "without a document"
MIN_LABELS = 50  # that at least one picture has, in a run that is large enough


def find_violations(
    uploads: Iterable[Upload], subs: dict[str, str], snapshot: Snapshot, *, min_labels: int = MIN_LABELS
) -> list[str]:
    """Return what is wrong; `subs` are the owners' ids by name."""
    by_key = {upload.key(subs): upload for upload in uploads}
    return [
        *(f"refused: {text}" for text in snapshot.refused),
        *(text for key, upload in by_key.items() for text in _check_upload(key, upload, snapshot)),
        *_check_strangers(by_key, snapshot),
        *_check_index(by_key, snapshot, min_labels),
        *_check_rest(snapshot),
        *_check_events(snapshot),
        *_check_bill(by_key, subs, snapshot),
    ]


def _check_upload(key: str, upload: Upload, snapshot: Snapshot) -> Iterator[str]:
    """Every picture is done, failed with its true reason, or deleted with all that belongs to it."""
    if upload.delete_after is not None:
        left = [name for name in (key, *output_keys(key)) if name in snapshot.inputs | snapshot.outputs]
        if key in snapshot.records:
            left.append("its record")
        if left:
            yield f"{key}: deleted, but {', '.join(left)} is left"
        return
    found = find_ending(key, upload, snapshot)
    is_unknown = upload.is_direct and key in snapshot.lost_events  # nobody can know of such an object
    expected = _UNKNOWN if is_unknown else upload.expected
    if found != expected:
        yield f"{key} ({upload.kind}): {found} instead of {expected}"
    if key in snapshot.asked_again - snapshot.lost_events:
        yield f"{key} ({upload.kind}): was stuck until it was uploaded again, though its event wasn't lost"
    if found == "done":
        kept = (result_key(key), preview_key(key), thumbnail_key(key))
        missing = [name for name in kept if name not in snapshot.outputs]
        if missing:
            yield f"{key}: done, but {', '.join(missing)} is missing"
    if key not in snapshot.inputs:
        yield f"{key}: the object is missing"


def find_ending(key: str, upload: Upload, snapshot: Snapshot) -> str:
    """Return how a picture ended: done, the code of its rejection, or what is wrong."""
    return _direct_ending(key, snapshot) if upload.is_direct else _ending(key, snapshot)


def _ending(key: str, snapshot: Snapshot) -> str:
    record = snapshot.records.get(key)
    if record is None:
        return "missing"
    if "deletingSince" in record:
        return "half deleted"
    return str(record["reason"]["code"] if record["status"] == "failed" else record["status"])


def _direct_ending(key: str, snapshot: Snapshot) -> str:
    document = snapshot.documents.get(key)
    if document is None:
        return _UNKNOWN
    return str(document["Failure"]["Code"] if "Failure" in document else "done")


def _check_strangers(by_key: Mapping[str, Upload], snapshot: Snapshot) -> Iterator[str]:
    """Nothing exists that no upload explains, and answers are kept only if a worker was killed."""
    ended = by_key.keys() - snapshot.killed  # a worker that is killed can't delete what was kept
    kept = {name(key) for key in ended for name in (answers_key, converted_key)}
    expected = {name for key in by_key for name in output_keys(key)} - kept
    for kind, keys in (
        ("record", snapshot.records.keys() - by_key.keys()),
        ("object", snapshot.inputs - by_key.keys()),
        ("object", snapshot.outputs - expected),
    ):
        yield from (f"{key}: {kind} that shouldn't exist" for key in sorted(keys))


def _check_index(by_key: Mapping[str, Upload], snapshot: Snapshot, min_labels: int) -> Iterator[str]:
    """Lists, label lists and counts say the same as the records.

    The index itself may have entries of tries that were interrupted. They don't count, so the API is asked.
    """
    listed: dict[str, set[str]] = defaultdict(set)
    labeled: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, record in snapshot.records.items():
        owner, image_id = record["owner"], record["id"]
        listed[owner].add(image_id)
        if key in by_key and record["status"] == "done":
            for name in label_names(by_key[key].number):
                labeled[owner, name.casefold()].add(image_id)
    yield from _compare("list of", listed, snapshot.listed)
    yield from _compare("API's list of", listed, snapshot.api_listed)
    yield from _compare("API's list of label", labeled, snapshot.api_labeled)
    expected = {label: len(ids) for label, ids in labeled.items()}
    api_counts = {
        (owner, name.casefold()): count
        for owner, counts in snapshot.api_counts.items()
        for name, count in counts.items()
    }
    yield from _compare_counts("API's count of", expected, api_counts)
    names = {name for _, name in expected}
    if len(names) < min_labels:
        yield f"only {len(names)} labels were found; the run is too small to check the counts"


def _compare(what: str, expected: Mapping[Any, set[str]], found: Mapping[Any, set[str]]) -> Iterator[str]:
    for name in sorted({*expected, *found}, key=str):
        missing, extra = (
            expected.get(name, set()) - found.get(name, set()),
            found.get(name, set()) - expected.get(name, set()),
        )
        if missing or extra:
            yield f"{what} {name}: {len(missing)} missing, {len(extra)} too many: {[*missing, *extra][:3]}"


def _compare_counts(
    what: str, expected: Mapping[tuple[str, str], int], found: Mapping[tuple[str, str], int]
) -> Iterator[str]:
    for name in sorted({*expected, *found}):
        if expected.get(name, 0) != found.get(name, 0):
            yield f"{what} {name}: {found.get(name, 0)} instead of {expected.get(name, 0)}"


def _check_rest(snapshot: Snapshot) -> Iterator[str]:
    """No message or lease is left."""
    yield from (f"{queue}: {count} messages left" for queue, count in snapshot.queues.items() if count)
    yield from (f"lease left: {lease}" for lease in snapshot.leases)
    for key, record in snapshot.records.items():
        left = {"leaseOwner", "leaseExpiresAt", "queuedUntil", "attempts", "pendingShard"} & record.keys()
        if left and record["status"] != "pending":  # pending ones are reported already
            yield f"{key}: {record['status']}, but has {', '.join(sorted(left))}"


def _check_events(snapshot: Snapshot) -> Iterator[str]:
    """Whoever applied the events has the same images, with the same endings, as the catalog."""
    endings = {key: _ending(key, snapshot) for key in snapshot.records}
    for key in sorted({*endings, *snapshot.consumed}):
        found, expected = snapshot.consumed.get(key, "missing"), endings.get(key, "missing")
        if found != expected and expected not in ("pending", "half deleted"):  # reported already
            yield f"{key}: {found} by its events instead of {expected}"


def _check_bill(by_key: Mapping[str, Upload], subs: Mapping[str, str], snapshot: Snapshot) -> Iterator[str]:
    """One call is billed for each detector and picture, and one more for each crash or lost answer.

    The months' totals are what was answered, without the answers that no worker lived to count.
    """
    converted = sum(upload.kind == "webp" for upload in by_key.values())
    crashes = sum(snapshot.crashes[key] for key, upload in by_key.items() if upload.kind == "webp")
    for (operation, key), answered in sorted(snapshot.answered.items()):
        is_converted = key == "bytes"  # whose key isn't known, so all of them are counted together
        bound = converted + crashes if is_converted else 1 + snapshot.crashes[key]
        bound += snapshot.lost[operation, key]
        if answered > bound:
            yield f"{key}: {operation} was billed {answered} times, and at most {bound} are allowed"
    yield from _check_months(by_key, subs, snapshot)


def _check_months(by_key: Mapping[str, Upload], subs: Mapping[str, str], snapshot: Snapshot) -> Iterator[str]:
    counted = sum(snapshot.month_calls.values())
    received: Counter[str] = Counter()
    for (operation, key), answered in snapshot.answered.items():
        received[key] += answered - snapshot.lost[operation, key]
    owned = sum(count for key, count in received.items() if not key.startswith("direct/"))
    operations = {operation for operation, _ in snapshot.answered}
    crashes = sum(count for key, count in snapshot.crashes.items() if not key.startswith("direct/"))
    if not owned - crashes * len(operations) <= counted <= owned:
        yield (
            f"the months' totals are {counted} calls; {owned} answers were received, and workers were lost "
            f"{crashes} times"
        )
