"""Name the operation of a request, as `service:Operation`: `es:UpdatePackage`, `s3:PutObject`."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qs

from werkzeug.wrappers import Request

from sandbox.aws.operations import find_operation

_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}

# What S3's rule of verb, Bucket or Object, and sub-resource does not give.
_S3_NAMES = {
    "GetBucket": "ListObjects",
    "PutBucket": "CreateBucket",
    "PostBucketDelete": "DeleteObjects",
    "GetBucketVersions": "ListObjectVersions",
    "PostObjectUploads": "CreateMultipartUpload",
    "PutObjectUploadId": "UploadPart",
    "PostObjectUploadId": "CompleteMultipartUpload",
    "DeleteObjectUploadId": "AbortMultipartUpload",
}

# Query parameters of S3 that do not select an operation.
_S3_SUB_RESOURCES = frozenset(
    {
        "acl",
        "cors",
        "delete",
        "encryption",
        "lifecycle",
        "location",
        "policy",
        "publicAccessBlock",
        "tagging",
        "uploadId",
        "uploads",
        "versioning",
        "versions",
    }
)


def operation_name(request: Request, service: str) -> str:
    """Return the name, or `service:` and the method if it is unknown. The body can be read again."""
    if operation := find_operation(request.method, request.path):
        return f"es:{operation.name}"
    if request.mimetype == "application/x-www-form-urlencoded":
        form = request.get_data()
        request.environ["wsgi.input"] = BytesIO(form)
        if action := parse_qs(form.decode(errors="replace")).get("Action"):
            # Calls that fetch credentials are unsigned, and all are STS's.
            return f"{'sts' if service == 's3' else service}:{action[0]}"
    return f"s3:{_s3_operation(request)}" if service == "s3" else f"{service}:{request.method}"


def _s3_operation(request: Request) -> str:
    bucket, _, key = request.path.strip("/").partition("/")
    if not bucket:
        return "ListBuckets"
    if "list-type" in request.args:
        return "ListObjectsV2"
    if "X-Amz-Copy-Source" in request.headers:
        return "CopyObject"
    sub_resource = "".join(name[0].upper() + name[1:] for name in request.args if name in _S3_SUB_RESOURCES)
    name = f"{_VERBS.get(request.method, request.method)}{'Object' if key else 'Bucket'}{sub_resource}"
    return _S3_NAMES.get(name, name)
