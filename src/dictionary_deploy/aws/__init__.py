"""Amazon S3 and the package operations of Amazon OpenSearch Service; the only room that knows boto3."""
