"""The image keeps botocore's models of the operations that the code calls, in every Region."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import botocore
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.regions import EndpointResolver

from release.image import OPERATIONS, cut_model, prune, prune_models

ROOT = Path(__file__).parents[2]
DATA = Path(botocore.__file__).parent / "data"
CALLED_BY_BOTO3 = {
    "s3": {"CreateSession"},
    "sts": {"AssumeRole", "AssumeRoleWithWebIdentity"},
    "sso": {"GetRoleCredentials"},
    "sso-oidc": {"CreateToken"},
    "signin": {"CreateOAuth2Token"},
}
VARIANTS: list[dict[str, bool]] = [{}, {"use_fips_endpoint": True}, {"use_dualstack_endpoint": True}]
WITHOUT_DUALSTACK = {"aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Loader:
    """Return a loader of botocore's data as in the image."""
    data = tmp_path_factory.mktemp("botocore") / "data"
    for service in (*OPERATIONS, "ec2"):
        shutil.copytree(DATA / service, data / service)
    for path in DATA.glob("*.json"):
        shutil.copy(path, data)
    prune_models(data)
    return Loader(extra_search_paths=[str(data)], include_default_search_paths=False)


@cache
def attributes() -> set[str]:
    """Return the name of every attribute in the program's code: AWS calls are among them."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "src/dictionary_deploy").rglob("*.py"))
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("service", OPERATIONS)
def test_shipped_operations_are_those_in_use(service: str) -> None:
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    called = {name for name in model.operation_names if xform_name(name) in attributes()}

    assert set(OPERATIONS[service]) == called | CALLED_BY_BOTO3.get(service, set())


def test_services_that_are_not_called_are_removed(pruned: Loader) -> None:
    assert sorted(OPERATIONS) == pruned.list_available_services("service-2")


def test_every_region_keeps_its_endpoints(pruned: Loader) -> None:
    before, after = (EndpointResolver(loader.load_data("endpoints")) for loader in (Loader(), pruned))

    assert list(endpoints(before)) == list(endpoints(after))


def endpoints(resolver: EndpointResolver) -> Iterator[object]:
    """Return every endpoint of the shipped services, in every Region of every partition."""
    models = [Loader().load_service_model(name, "service-2") for name in OPERATIONS]
    regions = [
        (partition["id"], region)
        for partition in Loader().load_data("partitions")["partitions"]
        for region in partition["regions"]
    ]
    for model, (partition, region), variant in product(models, regions, VARIANTS):
        if partition not in WITHOUT_DUALSTACK or "use_dualstack_endpoint" not in variant:
            prefix = model["metadata"]["endpointPrefix"]
            yield resolver.construct_endpoint(prefix, region, partition, **variant)


def test_endpoint_rule_sets_are_unchanged(pruned: Loader) -> None:
    for service in OPERATIONS:
        rules = Loader().load_service_model(service, "endpoint-rule-set-1")
        assert rules == pruned.load_service_model(service, "endpoint-rule-set-1")


def test_operation_missing_in_the_model_fails_the_build() -> None:
    with pytest.raises(KeyError, match="Renamed"):
        cut_model({"operations": {}, "shapes": {}}, {"Renamed"})


def test_model_keeps_the_shapes_of_its_operations() -> None:
    model = {
        "metadata": {"endpointPrefix": "es"},
        "operations": {
            "Update": {
                "input": {"shape": "Input"},
                "errors": [{"shape": "Conflict"}],
                "documentation": "Why.",
            },
            "Delete": {"input": {"shape": "Other"}},
        },
        "shapes": {
            "Input": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
            "Text": {"type": "string", "documentation": "What."},
            "Conflict": {"type": "structure", "members": {"inner": {"shape": "Input"}}},
            "Other": {"type": "string"},
        },
    }

    assert {
        "metadata": {"endpointPrefix": "es"},
        "operations": {"Update": {"input": {"shape": "Input"}, "errors": [{"shape": "Conflict"}]}},
        "shapes": {
            "Conflict": {"type": "structure", "members": {"inner": {"shape": "Input"}}},
            "Input": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
            "Text": {"type": "string"},
        },
    } == cut_model(model, {"Update"})


def test_removed_files_are_not_in_the_record(tmp_path: Path) -> None:
    """A removed library leaves no metadata; a pruned one lists its remaining files."""
    files = {
        "kept/__init__.py": "",
        "kept/stub.pyi": "",
        "kept-1.dist-info/RECORD": "kept/__init__.py,sha256=old,9\nkept/stub.pyi,,\n../bin/tool,,\n"
        "kept-1.dist-info/RECORD,,\n",
        "botocore/data/endpoints.json": json.dumps({"partitions": []}),
    }
    for name in ("cffi", "cryptography", "pycparser", "pynacl"):
        files[f"{name}/__init__.py"] = ""
        files[f"{name}-1.dist-info/RECORD"] = f"{name}/__init__.py,,\n{name}-1.dist-info/RECORD,,\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    prune(tmp_path)

    assert ["botocore", "kept", "kept-1.dist-info", "nacl.py"] == sorted(p.name for p in tmp_path.iterdir())
    assert [
        "kept/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0",
        "kept-1.dist-info/RECORD,,",
    ] == (tmp_path / "kept-1.dist-info" / "RECORD").read_text().splitlines()
