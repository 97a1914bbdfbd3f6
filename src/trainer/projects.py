"""The adapter of Rekognition Custom Labels: a project for each model, with two datasets and one version."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from common.aws import build_client
from common.logs import get_logger
from processor.errors import error_code, is_retryable, is_throttled
from trainer.errors import NotYet, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_rekognition.client import RekognitionClient
    from mypy_boto3_rekognition.type_defs import S3ObjectTypeDef

DatasetType = Literal["TRAIN", "TEST"]
DATASET_TYPES: tuple[DatasetType, ...] = ("TRAIN", "TEST")
VERSION_NAME = "1"  # the only one of a project
_CONFIG = Config(connect_timeout=2, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
# What is under way ends soon, and what a repeated request has created already is seen in the next run.
_BUSY = frozenset(("ResourceInUseException", "ResourceNotReadyException", "ResourceAlreadyExistsException"))
_LIMITS = frozenset(
    ("LimitExceededException", "ServiceQuotaExceededException")
)  # such as two trainings at once
_MESSAGES = {
    "AccessDeniedException": "The permission {operation} is missing. The administrator has to add it.",
    "InvalidS3ObjectException": (
        "Rekognition can't read the bucket. The administrator has to check TrainerFunction's permissions."
    ),
}
_log = get_logger(__name__)


@dataclass(frozen=True)
class DatasetState:
    """A dataset, its status, and what Rekognition says about that."""

    arn: str
    status: str
    message: str


@dataclass(frozen=True)
class ProjectState:
    """A project, its status, and its datasets by type."""

    arn: str
    status: str
    datasets: Mapping[DatasetType, DatasetState] = field(default_factory=dict)


@dataclass(frozen=True)
class VersionState:
    """A version, its status, and what Rekognition says about that.

    `training_seconds` are billed. `summary` and `predictions` are the keys of the evaluation, once it is
    trained.
    """

    arn: str
    status: str
    message: str
    training_seconds: int = 0
    summary: str | None = None
    predictions: str | None = None


class Projects:
    """Rekognition's projects. Methods raise NotYet for what may succeed later, and Refused for the rest."""

    def __init__(self, client: RekognitionClient, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def from_env(cls, bucket: str) -> Projects:
        """Build the client from the function's environment."""
        return cls(build_client("rekognition", _CONFIG), bucket)

    def project(self, name: str) -> ProjectState | None:
        """Return a project by its name."""
        with _translate_errors("rekognition:DescribeProjects"):
            found = self._client.describe_projects(ProjectNames=[name])["ProjectDescriptions"]
        for each in found:
            datasets = {
                dataset["DatasetType"]: DatasetState(
                    dataset["DatasetArn"], dataset["Status"], dataset.get("StatusMessage", "")
                )
                for dataset in each.get("Datasets", ())
            }
            return ProjectState(each["ProjectArn"], each["Status"], datasets)
        return None

    def create_project(self, name: str) -> None:
        """Create a project."""
        with _translate_errors("rekognition:CreateProject"):
            self._client.create_project(ProjectName=name)

    def create_dataset(self, project: str, dataset_type: DatasetType, manifest_key: str) -> None:
        """Import a manifest as a dataset of a project."""
        location: S3ObjectTypeDef = {"Bucket": self._bucket, "Name": manifest_key}
        with _translate_errors("rekognition:CreateDataset"):
            self._client.create_dataset(
                ProjectArn=project,
                DatasetType=dataset_type,
                DatasetSource={"GroundTruthManifest": {"S3Object": location}},
            )

    def train(self, project: str, output_prefix: str) -> None:
        """Train a version with the project's datasets."""
        with _translate_errors("rekognition:CreateProjectVersion"):
            self._client.create_project_version(
                ProjectArn=project,
                VersionName=VERSION_NAME,
                OutputConfig={"S3Bucket": self._bucket, "S3KeyPrefix": output_prefix},
            )

    def version(self, project: str) -> VersionState | None:
        """Return a project's version."""
        try:
            with _translate_errors("rekognition:DescribeProjectVersions"):
                found = self._client.describe_project_versions(
                    ProjectArn=project, VersionNames=[VERSION_NAME]
                )["ProjectVersionDescriptions"]
        except _Gone:
            return None
        return _version(found[0]) if found else None

    def start(self, version: str) -> None:
        """Start a version, with one inference unit."""
        with _translate_errors("rekognition:StartProjectVersion"):
            self._client.start_project_version(ProjectVersionArn=version, MinInferenceUnits=1)

    def stop(self, version: str) -> None:
        """Stop a version that is running."""
        with _translate_errors("rekognition:StopProjectVersion"):
            self._client.stop_project_version(ProjectVersionArn=version)

    def delete_version(self, version: str) -> None:
        """Delete a version that isn't running."""
        with _translate_errors("rekognition:DeleteProjectVersion"):
            self._client.delete_project_version(ProjectVersionArn=version)

    def delete_dataset(self, dataset: str) -> None:
        """Delete a dataset."""
        with _translate_errors("rekognition:DeleteDataset"):
            self._client.delete_dataset(DatasetArn=dataset)

    def delete_project(self, project: str) -> None:
        """Delete a project that has neither versions nor datasets."""
        with _translate_errors("rekognition:DeleteProject"):
            self._client.delete_project(ProjectArn=project)


class _Gone(NotYet):
    """The resource doesn't exist, or not anymore: the next run sees what is there."""


def _version(found: Mapping[str, Any]) -> VersionState:
    evaluation = found.get("EvaluationResult", {})
    assets = found.get("TestingDataResult", {}).get("Output", {}).get("Assets", ())
    predictions = next((asset["GroundTruthManifest"]["S3Object"]["Name"] for asset in assets), None)
    return VersionState(
        found["ProjectVersionArn"],
        found["Status"],
        found.get("StatusMessage", ""),
        found.get("BillableTrainingTimeInSeconds", 0),
        evaluation.get("Summary", {}).get("S3Object", {}).get("Name"),
        predictions,
    )


@contextmanager
def _translate_errors(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        _log.warning("call failed", extra={"operation": operation, "error": error})
        if code == "ResourceNotFoundException":
            raise _Gone from error
        if code in _BUSY or is_throttled(error) or is_retryable(error):
            raise NotYet from error
        if code in _LIMITS:
            raise NotYet(f"AWS has reached a limit of the account: {_message(error)}") from error
        known = _MESSAGES.get(code, "").format(operation=operation)
        raise Refused(known or f"AWS refused: {_message(error)}") from error
    except (ConnectionError, HTTPClientError) as error:
        _log.warning("call failed", extra={"operation": operation, "error": error})
        raise NotYet from error


def _message(error: ClientError) -> str:
    return error.response["Error"].get("Message") or error_code(error)
