"""Kubernetes objects as the pods that they ask for, and what a Job makes of a pod's exit code."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml
from containers import Container, bind, tmpfs

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "helm" / "swarm"
TOOLS = ROOT / "build" / "deploy-tools" / "bin" / "python3"  # see tests/deploy/tools
# What may stand in a pod: what is tried here, and what only a cluster can try.
POD = {"containers", "volumes", "securityContext", "restartPolicy", "terminationGracePeriodSeconds",
       "automountServiceAccountToken", "enableServiceLinks", "topologySpreadConstraints",
       "serviceAccountName"}
CONTAINER = {"name", "image", "args", "env", "envFrom", "securityContext", "volumeMounts", "ports",
             "startupProbe", "readinessProbe", "livenessProbe", "resources", "imagePullPolicy"}


def no_kustomize():
    """Why there is none; or an empty text. Debian 12's kubectl is of a time before `replacements`."""
    wanted = "needs kubectl 1.28 or later, from Kubernetes' own packages"
    if not shutil.which("kubectl"):
        return wanted
    told = subprocess.run(["kubectl", "version", "--client", "-o", "json"], capture_output=True, text=True)
    version = re.search(r'"minor": *"(\d+)', told.stdout)
    return "" if version and int(version[1]) >= 28 else wanted


def kustomized(folder):
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Objects(list(yaml.safe_load_all(done.stdout)))


def in_tools(code, question):
    """Runs Python with the tools; question and answer are JSON."""
    done = subprocess.run([TOOLS, "-c", "import json, sys\nasked = json.load(sys.stdin)\n" + code],
                          input=json.dumps(question), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rendered(values):
    """The chart, by Helm; the objects, or what it refuses."""
    code = """
import helm_python
try:
    chart = helm_python.Chart.load(asked["chart"])
    answer = chart.render(asked["values"], name="load", namespace="here")
except helm_python.HelmError as error:
    answer = str(error)
print(json.dumps(answer))
"""
    answer = in_tools(code, {"chart": str(CHART), "values": values})
    if isinstance(answer, str):
        return answer
    documents = [d for name, text in answer.items() if name.endswith(".yaml")
                 for d in yaml.safe_load_all(text)]
    return Objects(documents)


class Objects:
    def __init__(self, documents):
        self.documents = [document for document in documents if document]

    def get(self, kind, name):
        found = [d for d in self.documents if d["kind"] == kind and d["metadata"]["name"] == name]
        assert len(found) == 1, f"{len(found)} of {kind} {name}"
        return found[0]

    def kinds(self):
        return {(d["kind"], d["metadata"]["name"]) for d in self.documents}

    def pods(self):
        """Every pod template, by the kind and name of what makes it."""
        return {(d["kind"], d["metadata"]["name"]): d["spec"]["template"]["spec"]
                for d in self.documents if "template" in d.get("spec", {})}

    def find(self, kind, name, optional):
        if optional and (kind, name) not in self.kinds():
            return {}
        found = self.get(kind, name)
        decoded = {k: base64.b64decode(v).decode() for k, v in found.get("data", {}).items()} \
            if kind == "Secret" else found.get("data", {})
        return decoded | found.get("stringData", {})

    def environment_of(self, container):
        environment = {}
        for each in container.get("envFrom", []):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in each:
                    environment |= self.find(kind, each[key]["name"], each[key].get("optional"))
        for each in container.get("env", []):
            if "value" in each:
                environment[each["name"]] = each["value"]
            else:
                asked = each["valueFrom"]["secretKeyRef"]
                environment[each["name"]] = self.find("Secret", asked["name"], False)[asked["key"]]
        return environment

    def mounts_of(self, pod, container, gid):
        volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
        for each in container.get("volumeMounts", []):
            volume = volumes[each["name"]]
            if "emptyDir" in volume:
                yield tmpfs(each["mountPath"], f"mode=2777,gid={gid},nodev,nosuid")
                continue
            folder = Path(tempfile.mkdtemp(prefix="volume-"))
            folder.chmod(0o755)
            for name, text in self.find("ConfigMap", volume["configMap"]["name"], False).items():
                (folder / name).write_text(text)
            yield bind(folder, each["mountPath"], True)

    def container_of(self, kind, name, image):
        """The one container of a pod, as a kubelet would run it."""
        pod = self.pods()[kind, name]
        assert set(pod) <= POD, set(pod) - POD
        (container,) = pod["containers"]
        assert set(container) <= CONTAINER, set(container) - CONTAINER
        both, own = pod["securityContext"], container["securityContext"]
        environment = image.environment | {"HOME": "/home/locust"} | self.environment_of(container)
        return Container(
            words=image.entrypoint + container["args"], environment=environment,
            folder=image.folder, uid=both["runAsUser"], gid=both["runAsGroup"],
            groups=[both["fsGroup"]], read_only=own["readOnlyRootFilesystem"],
            drop_capabilities=own["capabilities"]["drop"] == ["ALL"],
            no_new_privileges=not own["allowPrivilegeEscalation"],
            seccomp=both["seccompProfile"]["type"] == "RuntimeDefault",
            mounts=list(self.mounts_of(pod, container, both["fsGroup"])))


def probe(process, container, which):
    """One try of a probe, as a kubelet on the same node makes it."""
    asked = container[which]
    if "exec" in asked:
        return process.check(asked["exec"]["command"]) == 0
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    port = ports.get(asked["httpGet"]["port"], asked["httpGet"]["port"])
    answer = process.place.get(f"http://{process.place.address}:{port}{asked['httpGet']['path']}")
    return answer is not None and 200 <= answer[0] < 400


def after_exit(job, code, disrupted=False):
    """What the Job does when a pod of it has ended: Succeeded, Ignore, Count or FailJob."""
    if code == 0:
        return "Succeeded"
    for rule in job["spec"].get("podFailurePolicy", {}).get("rules", []):
        if "onExitCodes" in rule:
            assert rule["onExitCodes"]["operator"] == "In"
            if code in rule["onExitCodes"]["values"]:
                return rule["action"]
        elif disrupted and {"type": "DisruptionTarget", "status": "True"} in rule["onPodConditions"]:
            return rule["action"]
    return "Count" if job["spec"]["backoffLimit"] > 0 else "FailJob"
