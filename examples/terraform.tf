# Terraform and the action side by side. Terraform makes the domain, the bucket and the package; from then on the
# action owns what changes with each merge: objects, versions, and which version is on which domain.

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

# A package cannot be made without a file. The first deploy replaces its content, and reports it as adopted.
resource "aws_s3_object" "first" {
  bucket  = aws_s3_bucket.dictionaries.id
  key     = "terraform/first.txt" # outside of `prefix`, where the action writes
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
    # A package with another source is made anew, with another ID. Another description is sent together with the
    # first file, which would go live again: leave it to `description` of dictionaries.yml.
    ignore_changes  = [package_source, package_description]
    prevent_destroy = true
  }
}

# No aws_opensearch_package_association: it knows no version. With `domains: [search-prod]` the action associates.

output "synonyms_path" {
  value = "analyzers/${aws_opensearch_package.synonyms.id}" # of the filter in the index settings
}
