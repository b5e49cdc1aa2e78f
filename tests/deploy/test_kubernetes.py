"""deploy/kubernetes, its pods run as processes in network namespaces, with the probes, users, mounts and
environments of the manifests; what the Jobs make of exit codes is read from them as well."""

import json
import re
import signal

import manifests
import pytest
from containers import wait_until

needs_kustomize = pytest.mark.skipif(bool(manifests.no_kustomize()), reason=manifests.no_kustomize())
needs_tools = pytest.mark.skipif(not manifests.TOOLS.exists(), reason="needs tests/deploy/tools")
BASE = manifests.ROOT / "deploy" / "kubernetes" / "base"
TOKEN = {"kind": "Secret", "metadata": {"name": "swarm-token"},
         "stringData": {"SWARM_JOIN_TOKEN": "swarm-pfo432oo-bihrjaqw-afyzdyrc-c34kbm52"}}


class Cluster:
    """Nodes for pods, each in a place of its own, and a target outside of them."""

    def __init__(self, network, root, image, objects):
        self.network, self.root, self.image, self.objects = network, root, image, objects
        self.pods = 0

    def start(self, kind, name):
        place = self.network.place(f"{name}-{self.pods}")
        self.pods += 1
        # A headless Service is a name for the pods that it selects, ready or not.
        for document in self.objects.documents:
            if document["kind"] == "Service" and document["spec"].get("clusterIP") == "None":
                labels = self.objects.get(kind, name)["spec"]["template"]["metadata"]["labels"]
                if document["spec"]["selector"].items() <= labels.items():
                    assert document["spec"]["publishNotReadyAddresses"]
                    self.network.tell(document["metadata"]["name"], place)
        return place.run(self.objects.container_of(kind, name, self.image), self.root)

    def probe(self, process, kind, name, which):
        (container,) = self.objects.pods()[kind, name]["containers"]
        return manifests.probe(process, container, which)

    def start_target(self):
        place = self.network.place("shop.example")
        self.network.tell("shop.example", place)
        words = ["swarm", "target", "--host", "0.0.0.0", "--port", "80"]
        target = place.run(manifests.Container(words=words, environment={}), self.root)
        target.says("Target listening")
        return target

    def requests_at(self, target):
        return json.loads(target.place.get(f"http://{target.place.address}/log")[1])["requests"]


@pytest.fixture
def cluster(network, root, image):
    def start(run_time, **run):
        objects = manifests.kustomized(BASE)
        objects.documents.append(TOKEN)
        run |= {"SWARM_RUN_TIME": run_time, "SWARM_USERS": "60", "SWARM_SPAWN_RATE": "60"}
        for document in objects.documents:
            if document["kind"] == "ConfigMap" and "SWARM_HOST" in document["data"]:
                document["data"] |= run
        return Cluster(network, root, image, objects)

    return start


@needs_kustomize
def test_one_run_with_a_worker_that_is_told_to_go_loses_nothing(cluster, totals):
    cluster = cluster("8s")
    job = cluster.objects.get("Job", "swarm-worker")
    target = cluster.start_target()
    workers = [cluster.start("Job", "swarm-worker") for _ in range(job["spec"]["parallelism"])]
    master = cluster.start("Job", "swarm-master")
    master.says("All users spawned")
    assert all(cluster.probe(master, "Job", "swarm-master", which)
               for which in ("startupProbe", "readinessProbe", "livenessProbe"))
    assert all(cluster.probe(pod, "Job", "swarm-worker", "readinessProbe") for pod in workers)

    leaver = workers.pop(0)
    leaver.signal(signal.SIGTERM)
    code = leaver.wait()
    assert manifests.after_exit(job, code) == "Ignore", (code, leaver.log)  # so another one is made
    workers.append(cluster.start("Job", "swarm-worker"))
    master.says(r"reported as ready. 3 workers connected", times=2)

    assert master.wait() == 0, master.log
    assert {manifests.after_exit(job, worker.wait()) for worker in workers} == {"Succeeded"}
    counted = totals(master.log)
    assert counted.failures == 0 and counted.requests > 200
    assert cluster.requests_at(target) == counted.requests + counted.interrupted
    assert "was lost" not in master.log


@needs_kustomize
def test_a_run_with_failures_fails_the_masters_job_and_is_not_run_again(cluster):
    cluster = cluster("1s", SWARM_HOST="http://shop.example:81")  # nobody listens there
    for _ in range(3):
        cluster.start("Job", "swarm-worker")
    cluster.start_target()
    master = cluster.start("Job", "swarm-master")
    code = master.wait()
    assert code == 1, master.log
    assert manifests.after_exit(cluster.objects.get("Job", "swarm-master"), code) == "FailJob"


@needs_kustomize
def test_a_worker_that_is_refused_ends_its_job(cluster):
    cluster = cluster("1s")
    job = cluster.objects.get("Job", "swarm-worker")
    misspelt = {"kind": "Secret", "metadata": {"name": "swarm-token"},
                      "stringData": {"SWARM_JOIN_TOKEN": "secret"}}
    cluster.objects.documents.remove(TOKEN)
    cluster.objects.documents.append(misspelt)
    worker = cluster.start("Job", "swarm-worker")
    assert manifests.after_exit(job, worker.wait()) == "FailJob", worker.log


@needs_kustomize
@pytest.mark.long
def test_a_node_that_is_lost_is_replaced_and_the_printed_bound_covers_the_loss(cluster, totals):
    cluster = cluster("100s", SWARM_STOP_TIMEOUT="0")
    job = cluster.objects.get("Job", "swarm-worker")
    target = cluster.start_target()
    workers = [cluster.start("Job", "swarm-worker") for _ in range(3)]
    master = cluster.start("Job", "swarm-master")
    master.says("All users spawned")
    wait_until(lambda: cluster.requests_at(target) > 500, "some load")
    lost = workers.pop(0)
    lost.place.cut()
    name = lost.says(r"Connected to the master at \S+ as (\S+)")[1]
    master.says(rf"Worker {name}")
    # The node is gone for the cluster, and its pod with it.
    assert manifests.after_exit(job, 137, disrupted=True) == "Ignore"
    workers.append(cluster.start("Job", "swarm-worker"))
    master.says(r"reported as ready. 3 workers connected", times=2)
    lost.stop()
    assert master.wait(200) == 0, master.log
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    counted = totals(master.log)
    missing = cluster.requests_at(target) - counted.requests - counted.interrupted
    bound = re.search(rf"{re.escape(name)} was lost [^:]*: (?:between (\d[\d,]*) and|up to) about "
                      r"(\d[\d,]*) requests", " ".join(master.log.split()))
    assert bound, master.log[-3000:]
    least, most = (int((number or "0").replace(",", "")) for number in bound.groups())
    assert least <= missing <= most, (least, missing, most)


@needs_kustomize
def test_the_ui_of_the_overlay_waits_for_a_start(network, root, image):
    objects = manifests.kustomized(BASE.parent / "ui")
    cluster = Cluster(network, root, image, objects)
    master = cluster.start("Deployment", "swarm-master")
    worker = cluster.start("Deployment", "swarm-worker")
    master.says("1 workers connected")
    assert cluster.probe(master, "Deployment", "swarm-master", "readinessProbe")
    assert cluster.probe(worker, "Deployment", "swarm-worker", "readinessProbe")
    assert "Ramping" not in master.log
    master.signal(signal.SIGTERM)
    assert master.wait() == 0


@needs_tools
def test_the_charts_jobs_make_a_run_with_its_own_token(network, root, image, totals):
    run = {"headless": True, "users": 20, "spawn_rate": 20, "run_time": "3s",
           "locust_host": "http://shop.example"}
    objects = manifests.rendered({"loadtest": run, "worker": {"replicas": 2}})
    cluster = Cluster(network, root, image, objects)
    target = cluster.start_target()
    workers = [cluster.start("Job", "load-swarm-worker") for _ in range(2)]
    master = cluster.start("Job", "load-swarm-master")
    assert master.wait() == 0, master.log
    assert [worker.wait() for worker in workers] == [0, 0]
    counted = totals(master.log)
    assert cluster.requests_at(target) == counted.requests + counted.interrupted > 0
    assert "can join and read along" not in master.log
