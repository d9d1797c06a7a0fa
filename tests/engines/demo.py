"""The demo with a search engine: `python -m tests.engines.demo [VERSION]`.

A merged pull request adds a synonym. Its comment says that an index uses it, and a search that found nothing
finds a document. A second pull request breaks the expectation, and its plan fails.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from sandbox.account import Account
from sandbox.aws.app import LocalAws
from sandbox.aws.endpoint import Endpoint
from sandbox.aws.switches import Switches
from sandbox.github.app import create_app
from sandbox.repository import Repository
from sandbox.runner import OpenPullRequest, Runner, read_comments
from sandbox.server import serve
from tests.engines.jars import EngineUnavailable
from tests.engines.node import Node, running_node

DEFAULT_VERSION = "2.19.6"
REPOSITORY, BUCKET, DOMAIN, INDEX = "octo/shop", "octo-search-dictionaries", "search-prod", "shop-v3"
FILE = "search/synonyms.txt"
CONFIG = f"""\
bucket: {BUCKET}
domains: associated
indices: [shop-*]
apply: refresh
dictionaries:
  - file: {FILE}
    package: product-synonyms
    kind: synonyms
"""
EXPECT = """\
    expect:
      - {query: laptop, matches: [notebook], not: [tablet]}
"""
BEFORE, AFTER, BROKEN = (
    "tv, television\n",
    "tv, television\nlaptop, notebook\n",
    "tv, television\nlaptop, tablet\n",
)


def main(arguments: list[str]) -> int:
    """Return 0 if the search finds the document and the plan fails, as expected; 2 without an engine."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            del os.environ[name]
    try:
        with running_node(arguments[0] if arguments else DEFAULT_VERSION) as node:
            return demonstrate(node)
    except EngineUnavailable as missing:
        print(missing, file=sys.stderr)
        return 2


def demonstrate(node: Node) -> int:
    """Deploy one change and plan another; print the results of the search and the comments."""
    with TemporaryDirectory(prefix="dictionary-demo-") as scratch:
        repository = Repository(Path(scratch, "workspace"))
        aws = LocalAws(Switches(copy_seconds=0, associate_seconds=0))
        aws.endpoints[DOMAIN] = Endpoint(node.url, node.analyzers.parent)
        with serve(aws) as aws_url, serve(create_app(repository.path)) as github:
            account = Account(aws_url)
            urls = {"GITHUB_API_URL": github, "GITHUB_GRAPHQL_URL": f"{github}/graphql"}
            runner = Runner(repository.path, Path(scratch, "runner"), REPOSITORY, {**account.environ, **urls})
            package = _set_up(account, node)
            print(f"The domain {DOMAIN} is OpenSearch {node.version} at {node.url}; {INDEX} uses {package}.")
            return _deploy_and_plan(repository, runner, node, github)


def _deploy_and_plan(repository: Repository, runner: Runner, node: Node, github: str) -> int:
    repository.init()
    first = repository.commit({".github/dictionaries.yml": CONFIG, FILE: BEFORE}, "Search words of the shop")
    if (step := runner.push("0" * 40, first, lambda _: None)).status:
        print(step.log)
        return step.status
    found_before = _search(node)
    merge = repository.merge({FILE: AFTER, ".github/dictionaries.yml": CONFIG + EXPECT}, 7)
    step = runner.push(first, merge, print)
    found_after = _search(node)
    print("\n".join(each["body"] for each in read_comments(github, REPOSITORY, 7)))
    print(
        f"A search for laptop found {found_before} documents before the merge, and {found_after} after it.\n"
    )

    repository.git("checkout", "--quiet", "-b", "change-8")
    head = repository.commit({FILE: BROKEN}, "Break the expectation")
    repository.git("update-ref", "refs/pull/8/head", head)
    plan = runner.pull_request(OpenPullRequest(8, head, merge, "change-8"), print)
    print("\n".join(each["body"] for each in read_comments(github, REPOSITORY, 8)))
    is_shown = (step.status, found_before, found_after, plan.status) == (0, 0, 1, 1)
    return 0 if is_shown else 1


def _set_up(account: Account, node: Node) -> str:
    """Create package, domain and index by hand, as an operator would; return the path of the file."""
    account.create_bucket(BUCKET)
    client = account.client("opensearch")
    client.create_domain(DomainName=DOMAIN, EngineVersion=f"OpenSearch_{node.version.rpartition('.')[0]}")
    package = account.create_package("product-synonyms", BUCKET, BEFORE.encode())
    client.associate_package(PackageID=package, DomainName=DOMAIN)
    path = f"analyzers/{package}"
    while not (node.analyzers / package).exists():
        client.describe_packages()
        time.sleep(0.05)
    words = {"type": "synonym_graph", "synonyms_path": path, "updateable": True}
    analyzer = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "words"]}
    field = {"type": "text", "analyzer": "standard", "search_analyzer": "searching"}
    body = {
        "settings": {
            "number_of_replicas": 0,
            "analysis": {"filter": {"words": words}, "analyzer": {"searching": analyzer}},
        },
        "mappings": {"properties": {"title": field}},
    }
    _send(node, "PUT", f"/{INDEX}", body)
    _send(node, "PUT", f"/{INDEX}/_doc/1?refresh=true", {"title": "Notebook, 14 inches"})
    return path


def _search(node: Node) -> int:
    found = _send(node, "POST", f"/{INDEX}/_search", {"query": {"match": {"title": "laptop"}}})
    return int(found["hits"]["total"]["value"])


def _send(node: Node, method: str, path: str, body: Any) -> dict[str, Any]:
    response = requests.request(method, node.url + path, json=body, timeout=60)
    response.raise_for_status()
    return dict(json.loads(response.content))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
