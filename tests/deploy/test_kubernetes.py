"""The Kubernetes manifests: valid, restricted, and the roles they name are the bot's."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import read_roles
from bot.settings import Settings

FOLDER = Path(__file__).parents[2] / "deploy/kubernetes"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "kustomization.yaml")
KNOWN = {spec.metadata["name"]: spec.metadata["secret"] for spec in fields(Settings)}
OLDEST = "1.30"  # the first with the preStop sleep


def _read(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


OBJECTS = [(path.name, one) for path in FILES for one in _read(path)]
WORKLOADS = {one["metadata"]["name"]: one for _, one in OBJECTS if one["kind"] in ("Deployment", "StatefulSet")}
KUSTOMIZATION = _read(FOLDER / "kustomization.yaml")[0]


def _pod(name: str) -> dict[str, Any]:
    found: dict[str, Any] = WORKLOADS[name]["spec"]["template"]["spec"]
    return found


def _bot(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _pod(name)["containers"][0]
    return found


@pytest.mark.parametrize("version", [OLDEST, "latest"])
@pytest.mark.parametrize(("file", "manifest"), OBJECTS, ids=[f"{file}-{one['kind']}" for file, one in OBJECTS])
def test_every_object_is_valid(file: str, manifest: dict[str, Any], version: str) -> None:
    """Against Kubernetes' own schemas, strictly: no unknown field, from the oldest version promised to the newest."""
    validator = pytest.importorskip("kubernetes_validate")
    wanted = validator.latest_version() if version == "latest" else version
    assert validator.validate(manifest, wanted, strict=True)


def test_the_schemas_would_notice() -> None:
    """A misspelled field fails, so the test above says something."""
    validator = pytest.importorskip("kubernetes_validate")
    broken = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}}
    with pytest.raises(validator.ValidationError):
        validator.validate(broken, OLDEST, strict=True)


def test_the_kustomization_has_every_file_and_never_both_ways() -> None:
    """Each manifest is listed, in use or commented; HTTP and sockets are not both on; the example secret is neither."""
    text = (FOLDER / "kustomization.yaml").read_text(encoding="utf-8")
    names = {path.name for path in FILES} - {"secret.example.yaml"}
    assert all(f"- {name}\n" in text for name in names)
    assert set(KUSTOMIZATION["resources"]) == names - {"http.yaml", "ingress.yaml"}


def test_every_workload_has_two_replicas_a_budget_and_takes_turns() -> None:
    """One pod may go at any time: two at least, one disrupted at most, updated one after another."""
    budgets = {one["metadata"]["name"]: one["spec"] for _, one in OBJECTS if one["kind"] == "PodDisruptionBudget"}
    assert budgets.keys() == WORKLOADS.keys()
    for name, workload in WORKLOADS.items():
        assert workload["spec"]["replicas"] >= 2
        assert budgets[name]["maxUnavailable"] == 1
        assert budgets[name]["selector"]["matchLabels"] == workload["spec"]["selector"]["matchLabels"]
        update = workload["spec"].get("strategy") or workload["spec"]["updateStrategy"]
        assert update["type"] == "RollingUpdate"


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_restricted(name: str) -> None:
    """What the namespace's `restricted` level asks for, and a read-only root besides."""
    pod = _pod(name)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod["initContainers"], *pod["containers"]):
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_is_probed_on_the_paths_the_bot_has(name: str) -> None:
    """Alive decides on a restart, ready on traffic; ten seconds without a database take nobody out."""
    bot = _bot(name)
    assert bot["livenessProbe"]["httpGet"]["path"] == bot["startupProbe"]["httpGet"]["path"] == "/livez"
    ready = bot["readinessProbe"]
    assert ready["httpGet"]["path"] == "/readyz"
    assert ready["periodSeconds"] * ready["failureThreshold"] > 10
    assert _pod(name)["terminationGracePeriodSeconds"] >= 5 + 10


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_runs_roles_the_bot_knows(name: str) -> None:
    """`--only` is read by the bot's own function."""
    run, only, roles = _bot(name)["args"]
    assert (run, only) == ("run", "--only")
    assert read_roles(roles)


def test_every_role_runs_somewhere() -> None:
    """Nothing is forgotten when roles are divided over processes."""
    running = {name: _bot(name)["args"][2] for name in WORKLOADS if name != "chapterverse-http"}
    assert frozenset().union(*map(read_roles, running.values())) == read_roles("")


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_pod_gets_only_settings_that_exist_and_secrets_as_references(name: str) -> None:
    """A misspelled name would be silently ignored; a secret in clear would be read by all."""
    for one in _bot(name)["env"]:
        assert one["name"] in KNOWN
        is_reference = "secretKeyRef" in one.get("valueFrom", {})
        assert is_reference or not KNOWN[one["name"]]
        if is_reference:
            assert one["valueFrom"]["secretKeyRef"]["key"] == one["name"]


def test_a_role_holds_no_token_it_has_no_use_for() -> None:
    """Who breaks into the page finds no chat token; who breaks into one platform none of the other."""
    tokens = {name: {one["name"] for one in _bot(name)["env"]} for name in WORKLOADS}
    assert not any("DISCORD" in one or "SLACK" in one for one in tokens["chapterverse-web"])
    assert not any("SLACK" in one for one in tokens["chapterverse-discord"])
    assert not any("DISCORD" in one for one in tokens["chapterverse-slack"])


def test_shared_configuration_has_no_secret() -> None:
    """The ConfigMap holds plain settings that exist."""
    data = next(one["data"] for _, one in OBJECTS if one["kind"] == "ConfigMap")
    assert all(KNOWN.get(name) is False for name in data)
    Settings.load(data, dotenv=None)


def test_the_example_secret_is_empty_and_complete() -> None:
    """Every key some pod refers to, and not one value."""
    data = next(one["stringData"] for _, one in OBJECTS if one["kind"] == "Secret")
    assert set(data.values()) == {""}
    asked = {
        one["name"] for name in WORKLOADS for one in _bot(name)["env"] if "secretKeyRef" in one.get("valueFrom", {})
    }
    assert asked == data.keys()


def test_each_shard_runs_once() -> None:
    """As many pods as shards, each with the number of its pod: a StatefulSet has no two of one number."""
    discord = WORKLOADS["chapterverse-discord"]
    environment = {one["name"]: one for one in _bot("chapterverse-discord")["env"]}
    assert discord["kind"] == "StatefulSet"
    assert environment["DISCORD_SHARDS"]["value"] == str(discord["spec"]["replicas"])
    field = environment["DISCORD_SHARD_IDS"]["valueFrom"]["fieldRef"]["fieldPath"]
    assert field == "metadata.labels['apps.kubernetes.io/pod-index']"


def test_what_is_open_outside_are_the_paths_for_people_and_platforms() -> None:
    """Metrics and health stay inside the cluster."""
    ingress = next(one for _, one in OBJECTS if one["kind"] == "Ingress")
    paths = {path["path"]: path["pathType"] for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]}
    assert paths.pop("/") == "Exact"
    assert not any("/metrics".startswith(path) or "/readyz".startswith(path) for path in paths)


def test_services_lead_to_pods() -> None:
    """Every selector matches a workload, every target port one of its ports."""
    for _, one in OBJECTS:
        if one["kind"] == "Service":
            selector = one["spec"]["selector"].items()
            pods = [work["spec"]["template"] for work in WORKLOADS.values()]
            found = [pod for pod in pods if selector <= pod["metadata"]["labels"].items()]
            assert len(found) == 1
            ports = {port["name"] for port in found[0]["spec"]["containers"][0]["ports"]}
            assert {port["targetPort"] for port in one["spec"]["ports"]} <= ports
