"""Call Amazon S3 and Amazon OpenSearch Service. Only this package imports boto3."""
