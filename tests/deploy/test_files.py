"""The files of deploy/ as their own tools read them: schemas of Kubernetes, Helm's linter and renderer,
compose's parser; and what all pods and services have in common."""

import functools
import re
from pathlib import Path

import compose
import dockerfile
import manifests
import pytest
import yaml
from manifests import CHART, TOOLS, in_tools, rendered

ROOT = manifests.ROOT
HERE = Path(__file__).resolve().parent
OLDEST, NEWEST = "1.31", "1.37"  # of Kubernetes
FOLDERS = [ROOT / "deploy" / "kubernetes" / name for name in ("base", "ui")]
THEIRS = yaml.safe_load((HERE / "their_values.yaml").read_text())
VALUES = {"plain": {}, "one run": {"loadtest": {"headless": True}, "worker": {"replicas": 4}},
          "values of the other chart": THEIRS}

needs_kustomize = pytest.mark.skipif(bool(manifests.no_kustomize()), reason=manifests.no_kustomize())
needs_tools = pytest.mark.skipif(not TOOLS.exists(), reason="needs tests/deploy/tools")


@functools.cache
def all_objects():
    """Every way in which objects come about."""
    found = {}
    if not manifests.no_kustomize():
        found = {folder.name: manifests.kustomized(folder) for folder in FOLDERS}
    if TOOLS.exists():
        found |= {f"chart, {name}": rendered(values) for name, values in VALUES.items()}
    return found


@needs_tools
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_knows_every_field(version):
    code = """
import kubernetes_validate
wrong = []
for name, documents in asked["objects"].items():
    for each in documents:
        try:
            kubernetes_validate.validate(each, asked["version"], strict=True)
        except Exception as error:
            wrong.append(f"{name}, {each['kind']}: {error}")
print(json.dumps(wrong))
"""
    objects = {name: each.documents for name, each in all_objects().items()}
    assert len(objects) == (3 if manifests.no_kustomize() else 5)
    assert in_tools(code, {"objects": objects, "version": version}) == []
    broken = [{"apiVersion": "v1", "kind": "Service", "metadata": {}, "spec": {"port": 1}}]
    assert in_tools(code, {"objects": {"broken": broken}, "version": version}) != []


@needs_tools
def test_the_chart_passes_helms_linter():
    code = """
import helm_python
print(json.dumps(helm_python.lint(asked, strict=True)))
"""
    found = in_tools(code, str(CHART))
    assert found["total_charts_linted"] == 1
    assert [m for m in found["messages"] if m["severity"] != 1] == [] == found["errors"]  # 1: info


def test_every_pod_is_as_a_restricted_namespace_wants_it_and_has_no_rights():
    for name, objects in all_objects().items():
        assert len(objects.pods()) == 2, name
        for pod in objects.pods().values():
            assert pod["securityContext"]["runAsNonRoot"] is True
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert pod["automountServiceAccountToken"] is False
            # A Service `swarm-web` would set SWARM_WEB_PORT.
            assert pod["enableServiceLinks"] is False
            for container in pod["containers"] + pod.get("initContainers", []):
                own = container["securityContext"]
                assert own["allowPrivilegeEscalation"] is False
                assert own["readOnlyRootFilesystem"] is True
                assert own["capabilities"] == {"drop": ["ALL"]}
            assert pod["containers"][0]["resources"]["requests"]
        kinds = {kind for kind, _ in objects.kinds()}
        assert not {kind for kind in kinds if "Role" in kind}, name


def test_a_job_runs_once_and_ends():
    jobs = [d for objects in all_objects().values() for d in objects.documents if d["kind"] == "Job"]
    assert len(jobs) == 2 * TOOLS.exists() + 2 * (not manifests.no_kustomize())
    for job in jobs:
        assert job["spec"]["activeDeadlineSeconds"] > 0 and job["spec"]["ttlSecondsAfterFinished"] > 0
        if "master" in job["metadata"]["name"]:
            assert job["spec"]["backoffLimit"] == 0
        else:
            assert job["spec"]["completionMode"] == "Indexed"
            assert job["spec"]["parallelism"] == job["spec"]["completions"]
            # The three ways in which a worker ends.
            assert [manifests.after_exit(job, code) for code in (0, 1, 143, 139)] == [
                "Succeeded", "FailJob", "Ignore", "Count"]


@needs_kustomize
def test_the_number_of_workers_is_said_once():
    objects = manifests.kustomized(FOLDERS[0])
    run = next(d["data"] for d in objects.documents if "SWARM_EXPECT_WORKERS" in d.get("data", {}))
    assert str(objects.get("Job", "swarm-worker")["spec"]["parallelism"]) == run["SWARM_EXPECT_WORKERS"]


@needs_kustomize
def test_the_overlay_is_the_base_with_deployments():
    base, overlay = (manifests.kustomized(folder) for folder in FOLDERS)
    for name in ("swarm-master", "swarm-worker"):
        one, other = base.pods()["Job", name], overlay.pods()["Deployment", name]
        for pod in (one, other):
            pod.pop("restartPolicy")
        if name == "swarm-master":
            one["containers"][0].pop("args"), other["containers"][0].pop("args")
        assert one == other


@needs_tools
def test_the_values_of_the_other_chart_mean_the_same():
    objects = rendered(THEIRS)
    master = objects.pods()["Deployment", "load-swarm-master"]["containers"][0]
    assert master["image"] == "example/swarm:0.1.0"
    assert master["args"][:3] == ["--master", "--locustfile=/mnt/locust/main.py",
                                  "--host=https://shop.example"]
    assert master["args"][-5:] == ["--tags", "checkout", "search", "--exclude-tags", "slow"]
    environment = {e["name"]: e.get("value", e.get("valueFrom")) for e in master["env"]}
    assert environment["REGION"] == "eu" and environment["N"] == "5" and environment["ROLE"] == "master"
    assert environment["PASSWORD"] == {
        "secretKeyRef": {"name": "load-swarm-environment", "key": "PASSWORD"}}
    assert environment["AWS_ACCESS_KEY_ID"] == {
        "secretKeyRef": {"name": "aws", "key": "AWS_ACCESS_KEY_ID"}}
    mounts = {m["mountPath"] for m in master["volumeMounts"]}
    assert {"/mnt/locust", "/mnt/locust/lib", "/more", "/creds/client.pem"} <= mounts
    scaler = objects.get("HorizontalPodAutoscaler", "load-swarm-worker")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (5, 50)
    assert objects.get("Service", "load-swarm")["spec"]["type"] == "NodePort"
    assert objects.get("Ingress", "load-swarm")["spec"]["ingressClassName"] == "nginx"


@needs_tools
@pytest.mark.parametrize("values, advice", [
    ({"master": {"auth": {"enabled": True}}}, "swarm passwd"),
    ({"worker": {"hpa": {"enabled": True}}, "loadtest": {"headless": True}}, "worker.replicas workers"),
    ({"worker": {"keda": {"enabled": True}}}, "use worker.hpa"),
])
def test_what_the_chart_cannot_do_is_refused_with_advice(values, advice):
    assert advice in rendered(values)


def test_the_charts_example_is_that_of_the_base():
    base = FOLDERS[0]
    assert (CHART / "files" / "main.py").read_text() == (base / "locustfile.py").read_text()
    assert (CHART / "files" / "pages.py").read_text() == (base / "pages.py").read_text()


@needs_tools
def test_the_charts_token_is_one():
    token = rendered({}).find("Secret", "load-swarm-token", False)["SWARM_JOIN_TOKEN"]
    assert re.fullmatch(r"swarm-[a-z]{32}", token)
    assert token != rendered({}).find("Secret", "load-swarm-token", False)["SWARM_JOIN_TOKEN"]


def test_compose_sets_what_the_shell_sets_and_nothing_else():
    plain = compose.config()
    assert set(plain) == {"target", "master", "worker"}
    assert plain["master"]["environment"]["SWARM_USERS"] is None
    assert compose.config(SWARM_USERS="7")["master"]["environment"]["SWARM_USERS"] == "7"


def test_the_image_is_a_drop_in_for_locusts():
    stages = dockerfile.read()
    assert list(stages)[-1] == "swarm" and stages["compiler"].base == "runtime"
    image = dockerfile.default_image()
    assert image.entrypoint == ["swarm"] and image.user == "1000:1000"
    assert image.folder == "/mnt/locust" and image.health == ["healthy"]
    runtime = " ".join(rest for word, rest in stages["runtime"].steps if word == "RUN")
    assert "/usr/local/bin/locust" in runtime and "g++" not in runtime
    for stage in stages.values():
        assert stage.base in stages or stage.base.startswith("debian:bookworm-slim")
