#!/usr/bin/env bash
# What a workflow step without the action does: AWS CLI and curl, one dictionary after the other.
#
#   script.sh BUCKET SHA OWNER/REPOSITORY FILE=PACKAGE_ID...
set -euo pipefail
bucket=$1 sha=$2 repository=$3
shift 3

github() { curl --silent --fail --header "Authorization: Bearer $GITHUB_TOKEN" "$@"; }
read_json() { python3 -c "import json, sys; answer = json.load(sys.stdin); print($1)"; }

body="### Dictionaries of $sha"
for dictionary in "$@"; do
  file=${dictionary%%=*} package=${dictionary#*=} key=dictionaries/$sha/$(basename "${dictionary%%=*}")
  aws s3 cp --quiet "$file" "s3://$bucket/$key"
  aws es update-package --package-id "$package" --package-source "S3BucketName=$bucket,S3Key=$key" \
    --commit-message "$sha" >/dev/null
  while true; do
    details=$(aws es describe-packages --filters "Name=PackageID,Value=$package" --output json)
    status=$(read_json 'answer["PackageDetailsList"][0]["PackageStatus"]' <<<"$details")
    [ "$status" = AVAILABLE ] && break
    sleep 1
  done
  body+=$'\n\n```json\n'$details$'\n```'
done
number=$(github "$GITHUB_API_URL/repos/$repository/commits/$sha/pulls" | read_json 'answer[0]["number"]')
python3 -c 'import json, sys; print(json.dumps({"body": sys.stdin.read()}))' <<<"$body" |
  github --data @- "$GITHUB_API_URL/repos/$repository/issues/$number/comments" >/dev/null
