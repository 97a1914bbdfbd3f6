"""The AWS endpoint: S3, DynamoDB and SQS on moto with AWS's own checks, and Rekognition."""
