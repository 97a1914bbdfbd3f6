"""What a run needs of a stack, deployed or local: its settings, and the functions' own adapters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from catalog.catalog import Catalog
from common.object_keys import result_key, upload_key
from common.settings import METRICS_NAMESPACE, Dollars, ProcessorSettings, SettingsError, from_env
from common.signer import Signer
from common.storage import ObjectGone, Storage
from deploy.errors import DeploymentError
from limits.ceiling import Ceiling
from processor.earlier import parse_any
from processor.plan import Planner
from retries.queue import RetryQueue
from retries.recoverer import Recoverer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from catalog.records import ImageRecord
    from processor.earlier import EarlierResult

THREADS = 32
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 8},  # a run takes days, and ends at the first error
    max_pool_connections=THREADS,
)
_OUTPUTS = {
    "INPUT_BUCKET": "InputBucketName",
    "OUTPUT_BUCKET": "OutputBucketName",
    "CATALOG_TABLE": "CatalogTableName",
    "RETRY_QUEUE_URL": "RetryQueueUrl",
}
# The processor's, of which a run needs none, so the template has no parameter for them
_UNUSED = {"LEASE_SECONDS": "45", METRICS_NAMESPACE: "backfill"}


@dataclass(frozen=True)
class Services:
    """A stack's settings and adapters."""

    settings: ProcessorSettings
    parameters: Mapping[str, str]
    s3: S3Client
    catalog: Catalog
    storage: Storage
    retry_queue: RetryQueue
    recoverer: Recoverer
    planner: Planner
    ceiling: Ceiling
    sqs: SQSClient

    @property
    def calls_per_second(self) -> float:
        """Rekognition's quota."""
        return float(self.parameters["RekognitionCallsPerSecond"])

    @property
    def ceiling_dollars(self) -> float:
        """The ceiling on the bill of a month; 0 for none."""
        return float(self.parameters["MonthlyBillingCeiling"])

    def read_result(self, record: ImageRecord) -> EarlierResult | None:
        """Return the result of an image, or None without one."""
        key = result_key(upload_key(record.owner, record.id))
        try:
            return parse_any(self.storage.read(self.settings.output_bucket, key))
        except ObjectGone:
            return None

    def queue_length(self) -> int:
        """Return about how many messages wait in the retry queue."""
        answer = self.sqs.get_queue_attributes(
            QueueUrl=self.settings.retry_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def connect(
    session: boto3.Session,
    parameters: Mapping[str, str],
    outputs: Mapping[str, str],
    endpoint_url: str | None = None,
) -> Services:
    """Return the services of a stack with these parameters and outputs. Raises DeploymentError."""
    settings = read_settings(parameters, outputs)
    options: Any = {"config": _CONFIG, "endpoint_url": endpoint_url}
    s3, sqs = session.client("s3", **options), session.client("sqs", **options)
    catalog = Catalog(session.resource("dynamodb", **options).Table(settings.catalog_table))
    storage = Storage(s3, Signer(s3, None))  # it signs nothing here
    retry_queue = RetryQueue(sqs, settings.retry_queue_url)
    return Services(
        settings,
        parameters,
        s3,
        catalog,
        storage,
        retry_queue,
        Recoverer(catalog, storage, retry_queue, settings.input_bucket),
        Planner(settings, catalog.active_models),
        Ceiling(catalog, Dollars(float(parameters["MonthlyBillingCeiling"]))),
        sqs,
    )


def read_settings(parameters: Mapping[str, str], outputs: Mapping[str, str]) -> ProcessorSettings:
    """Return the processor's settings in a stack. Raises DeploymentError if it is older than this version."""
    environment = {_variable(name): value for name, value in parameters.items()}
    environment |= {name: outputs[output] for name, output in _OUTPUTS.items() if output in outputs} | _UNUSED
    try:
        return from_env(ProcessorSettings, environment)
    except SettingsError as error:
        raise DeploymentError(f"The stack is of another version. Deploy this one first. {error}") from error


def _variable(parameter: str) -> str:
    """Return the environment variable that the template sets to a parameter: `DETECT_TEXT` to DetectText."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()
