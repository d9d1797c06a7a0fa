"""A local AWS: the package operations of `es` and `opensearch`, in front of moto's S3, STS and domains."""
