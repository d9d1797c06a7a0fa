# Terraform and the action side by side. Terraform creates the domain, the bucket and the package. The action owns what
# changes with each merge: objects, versions and associations.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_opensearch_domain" "search" {
  domain_name    = "search-prod"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type = "r6g.large.search"
  }

  ebs_options {
    ebs_enabled = true
    volume_size = 50
  }
}

resource "aws_s3_bucket" "dictionaries" {
  bucket = "acme-search-dictionaries" # `bucket` of dictionaries.yml
}

resource "aws_s3_bucket_public_access_block" "dictionaries" {
  bucket                  = aws_s3_bucket.dictionaries.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# A package needs a file. The first deploy replaces its content and reports it as adopted.
resource "aws_s3_object" "first" {
  bucket  = aws_s3_bucket.dictionaries.id
  key     = "terraform/first.txt" # outside `prefix`, where the action writes
  content = "tv, television\n"
}

resource "aws_opensearch_package" "synonyms" {
  package_name = "product-synonyms" # `package` of dictionaries.yml
  package_type = "TXT-DICTIONARY"

  package_source {
    s3_bucket_name = aws_s3_bucket.dictionaries.id
    s3_key         = aws_s3_object.first.key
  }

  lifecycle {
    # A new source would replace the package and change its ID. A new description would deploy the first file again:
    # set `description` in dictionaries.yml instead.
    ignore_changes  = [package_source, package_description]
    prevent_destroy = true
  }
}

# No aws_opensearch_package_association: it has no version. With `domains: [search-prod]` the action associates.

output "synonyms_path" {
  value = "analyzers/${aws_opensearch_package.synonyms.id}" # of the filter in the index settings
}
