"""The one AWS endpoint of this machine: S3, DynamoDB, SQS and Rekognition behind one address."""

from local.aws.endpoint import AwsEndpoint

__all__ = ["AwsEndpoint"]
