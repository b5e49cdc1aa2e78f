"""docker-compose.yml, its services run as processes: a master, three workers and the target, each with
an address of its own, without rights, on a file system that cannot be written to."""

import signal
import time
from pathlib import Path

import compose
import pytest
from containers import Container, bind

HERE = Path(__file__).resolve().parent
TOKEN = "swarm-pfo432oo-bihrjaqw-afyzdyrc-c34kbm52"
RUN = {"LOCUSTFILES": str(HERE / "locustfiles"), "SWARM_LOCUSTFILE": "paced.py",
       "SWARM_AUTOSTART": "1", "SWARM_AUTOQUIT": "0", "SWARM_USERS": "30", "SWARM_SPAWN_RATE": "30",
       "SWARM_RUN_TIME": "3s", "SWARM_EXPECT_WORKERS": "3", "SWARM_STOP_TIMEOUT": "2",
       "SWARM_JOIN_TOKEN": TOKEN}


@pytest.fixture
def up(network, root, image):
    """`docker compose up`: starts containers of a service; the first has the service's name."""

    def up(service, described, count=1):
        started = []
        for index in range(count):
            place = network.place(f"{service}-{index + 1}")
            if index == 0:
                network.tell(service, place)
            started.append(place.run(compose.container_of(described[service], image), root))
        return started

    return up


def test_a_run_of_three_workers_is_exact_and_its_code_is_the_masters(network, up, image, totals):
    services = compose.config(**RUN)
    workers = up("worker", services, 3)  # they wait for the name of their master
    (target,) = up("target", services)
    target.says("Target listening")
    (master,) = up("master", services)
    master.says("All users spawned: .*30 total users")
    assert [each.check(image.health) for each in (master, target, *workers)] == [0] * 5
    stranger = network.place("stranger")
    code, page = stranger.get(f"http://{master.place.address}:8089/")
    assert code == 200 and "<title>" in page
    assert master.wait() == 0, master.log
    assert [worker.wait() for worker in workers] == [0, 0, 0]
    counted = totals(master.log)
    assert counted.failures == 0 and counted.requests > 500
    log = stranger.get(f"http://{target.place.address}:8080/log")[1]
    assert f'"requests":{counted.requests + counted.interrupted},' in log.replace(" ", "")
    assert "can join and read along" not in master.log  # the token is in use
    target.signal(signal.SIGTERM)
    assert target.wait() == 0


def test_a_worker_without_its_master_is_not_healthy_and_can_be_stopped(up, image):
    (worker,) = up("worker", compose.config())
    worker.says("Getting the scenario from the master at master:5557")
    assert worker.check(["true"]) == 0 and worker.check(image.health) == 1
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 143


@pytest.mark.parametrize("words, variables", [
    (["-f", "paced.py", "--headless", "-t", "10m", "-H", "http://127.0.0.1:9"], {}),  # listens nowhere
    (["-f", "paced.py", "-P", "9000"], {}),
    (["-f", "paced.py"], {"LOCUST_WEB_PORT": "9000", "SWARM_HEADLESS": "false"}),
    (["--master", "-f", "paced.py", "--web-port=9000"], {}),
    (["target", "--port", "9000"], {}),
])
def test_whatever_the_image_is_run_for_it_is_healthy(network, root, image, words, variables):
    mounts = [bind(HERE / "locustfiles", "/mnt/locust", True)]
    container = Container(image.entrypoint + words, image.environment | variables, folder=image.folder,
                          uid=1000, gid=1000, mounts=mounts)
    running = network.place("alone").run(container, root)
    running.says("spawned" if "--headless" in words else ":9000")
    assert running.check(image.health) == 0


def test_failures_are_the_exit_code_even_if_the_engine_stops_the_master_with_its_workers(up):
    """`--exit-code-from master` stops everything as soon as one container has ended."""
    services = compose.config(**RUN | {"SWARM_LOCUSTFILE": "failing.py", "SWARM_RUN_TIME": "1s"})
    up("target", services)
    workers = up("worker", services, 3)
    (master,) = up("master", services)
    while all(worker.is_running() for worker in workers):
        time.sleep(0.005)
    master.signal(signal.SIGTERM)
    assert master.wait() == 1, master.log


def test_workers_of_another_host_need_only_the_masters_address():
    services = compose.config(MASTER_HOST="10.77.0.9", SWARM_JOIN_TOKEN=TOKEN)
    assert services["worker"]["environment"]["SWARM_MASTER_NODE_HOST"] == "10.77.0.9"
    assert "depends_on" not in services["worker"]


def test_a_signal_ends_the_run_in_order(up, totals):
    services = compose.config(**RUN | {"SWARM_RUN_TIME": "10m", "SWARM_EXPECT_WORKERS": "1"})
    up("target", services)
    (worker,) = up("worker", services)
    (master,) = up("master", services)
    master.says("All users spawned")
    master.signal(signal.SIGTERM)
    assert master.wait() == 0, master.log
    assert worker.wait() == 0, worker.log
    assert totals(master.log).requests > 0
