"""The image and docker-compose.yml with a real engine, as docs/deploying.md has the commands: what the
other tests here do with processes."""

import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import compose
import pytest
import yaml
from containers import wait_until

HERE = Path(__file__).resolve().parent
PROJECT = f"swarm-test-{os.getpid()}"
IMAGE = "swarm-test"
HOME = "/home/locust"
TOKEN = "swarm-pfo432oo-bihrjaqw-afyzdyrc-c34kbm52"
NO_RIGHTS = "--read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp:exec".split()
FILES = ["-v", f"{HERE}/locustfiles:/mnt/locust"]
# Engines before 23 take these as a wish for BuildKit.
SURROUNDINGS = {k: v for k, v in os.environ.items() if not k.startswith(("SWARM_", "LOCUST"))} | {
    "DOCKER_BUILDKIT": "1", "COMPOSE_DOCKER_CLI_BUILD": "1", "COMPOSE_PROJECT_NAME": PROJECT}
RUN = {"LOCUSTFILES": str(HERE / "locustfiles"), "SWARM_LOCUSTFILE": "paced.py", "SWARM_IMAGE": IMAGE,
       "SWARM_AUTOSTART": "1", "SWARM_AUTOQUIT": "0", "SWARM_USERS": "30", "SWARM_SPAWN_RATE": "30",
       "SWARM_RUN_TIME": "5s", "SWARM_EXPECT_WORKERS": "3", "SWARM_STOP_TIMEOUT": "2", "SWARM_UI": "0",
       "SWARM_JOIN_TOKEN": TOKEN}


def no_engine():
    """Why there is none; or an empty text."""
    for command in (["docker", "info"], [*compose.parser(), "version"]):
        if not shutil.which(command[0]) or subprocess.run(command, capture_output=True).returncode != 0:
            return "needs a docker engine with compose"
    return ""


NO_ENGINE = no_engine()
pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(NO_ENGINE), reason=NO_ENGINE)]


def docker(*words, code=0, **settings):
    """What it says, on both ways out."""
    done = subprocess.run(["docker", *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          cwd=compose.ROOT, env=SURROUNDINGS, **settings)
    assert done.returncode == code, f"{done.returncode}: {done.stdout[-5000:]}"
    return done.stdout.strip()


@pytest.fixture(scope="module", autouse=True)
def built():
    docker("build", "-f", "deploy/Dockerfile", "-t", IMAGE, ".")
    print(f"\nimage: {int(docker('image', 'inspect', '--format', '{{.Size}}', IMAGE)) / 1e6:.0f} MB")


@pytest.fixture
def started():
    """Containers in the background; each has a name, and is gone at the end."""
    names = []

    def start(*words):
        names.append(docker("run", "-d", *words))
        return names[-1]

    yield start
    for name in names:
        docker("rm", "-f", name)


def health(container):
    return docker("inspect", "--format", "{{.State.Health.Status}}", container)


def code_of(container):
    return int(docker("wait", container).splitlines()[-1])


def requests_at(target):
    script = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8080/log').read().decode())"
    return json.loads(docker("exec", target, "python3", "-c", script))["requests"]


def test_without_rights_it_runs_and_is_healthy(started, totals):
    target = started(*NO_RIGHTS, IMAGE, "target")
    wait_until(lambda: health(target) == "healthy", "a healthy target")
    said = docker("run", "--rm", "--network", f"container:{target}", *NO_RIGHTS, *FILES, IMAGE, "-f", "paced.py",
                  "--headless", "-u", "10", "-r", "10", "-t", "3s", "-H", "http://127.0.0.1:8080")
    counted = totals(said)
    assert counted.failures == 0
    assert requests_at(target) == counted.requests + counted.interrupted > 100


def test_a_stop_ends_a_run_in_order_with_its_report(started, totals):
    target = started(IMAGE, "target")
    wait_until(lambda: health(target) == "healthy", "a healthy target")
    running = started("--network", f"container:{target}", *FILES, IMAGE, "-f", "paced.py", "--headless",
                      "-H", "http://127.0.0.1:8080")
    wait_until(lambda: health(running) == "healthy", "a healthy run")
    docker("stop", running)
    assert code_of(running) == 0
    assert totals(docker("logs", running)).requests > 0


def wheel_of_locusts(folder):
    """What `pip install locust` would fetch, as far as it could get in our way."""
    files = {"locust/__init__.py": "raise SystemExit('another locust')\n",
             "locust-99.dist-info/METADATA": "Metadata-Version: 2.1\nName: locust\nVersion: 99\n",
             "locust-99.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
             "locust-99.dist-info/entry_points.txt": "[console_scripts]\nlocust = locust:main\n"}
    with zipfile.ZipFile(folder / "locust-99-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr("locust-99.dist-info/RECORD", "".join(f"{name},,\n" for name in files))


@pytest.mark.parametrize("user", ["root", "locust"])
def test_images_that_are_built_upon_locusts_can_be_built_upon_it(tmp_path, user):
    shutil.copytree(HERE / "locustfiles", tmp_path, dirs_exist_ok=True)
    wheel_of_locusts(tmp_path)
    (tmp_path / "Dockerfile").write_text(f"""FROM {IMAGE}
        WORKDIR {HOME}
        RUN touch mine && python -m pip --version
        COPY . /tests/
        USER {user}
        RUN pip install /tests/locust-99-py3-none-any.whl
        USER locust
        ENTRYPOINT ["locust", "-f", "/tests/paced.py"]
        """)
    docker("build", "-t", f"{IMAGE}-upon", str(tmp_path))
    assert docker("run", "--rm", f"{IMAGE}-upon", "--list").split() == ["Available", "Users:", "Steady"]


@pytest.fixture
def up(tmp_path):
    """`docker compose up`, of the whole file or one service, with what the shell sets."""
    asked = {}

    # No engine raises the limit of descriptors above the machine's.
    override = tmp_path / "limits.yml"
    services = {name: {"ulimits": {"nofile": compose.nofile_of(service)}}
                for name, service in compose.config().items()}
    override.write_text(yaml.safe_dump({"services": services}))

    def run(*words, code=0, **variables):
        asked.update(SURROUNDINGS | RUN | variables)
        command = [*compose.parser(), "-f", compose.ROOT / "docker-compose.yml", "-f", override, *words]
        done = subprocess.run(command, cwd=compose.ROOT, env=asked, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=300)
        assert done.returncode == code, done.stdout[-5000:]
        return done.stdout

    yield run
    run("down", "--volumes", "--remove-orphans")


def containers(service):
    return docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={PROJECT}",
                  "--filter", f"label=com.docker.compose.service={service}").split()


def test_one_run_by_compose_is_exact_though_a_worker_leaves(up, totals):
    up("up", "-d", "--scale", "worker=4", SWARM_RUN_TIME="15s", SWARM_EXPECT_WORKERS="4")
    (master,), (target,) = containers("master"), containers("target")
    wait_until(lambda: "All users spawned" in docker("logs", master), "all users")
    workers = containers("worker")
    wait_until(lambda: {health(each) for each in [master, target, *workers]} == {"healthy"}, "health")
    docker("stop", workers[0])
    assert code_of(master) == 0, docker("logs", master)
    assert [code_of(worker) for worker in workers] == [0] * 4
    log = docker("logs", master)
    counted = totals(log)
    assert counted.failures == 0 and "was lost" not in log and "can join and read along" not in log
    assert requests_at(target) == counted.requests + counted.interrupted > 1000


def test_the_code_of_a_run_by_compose_is_the_masters(up):
    words = ["up", "--no-color", "--scale", "worker=3", "--exit-code-from", "master"]
    said = up(*words, code=1, SWARM_LOCUSTFILE="failing.py", SWARM_RUN_TIME="1s")
    assert re.search(r"master.*Shutting down \(exit code 1\)", said)
    up("down")
    assert "3 workers connected" in up(*words)


def test_workers_of_another_host_need_the_masters_address_and_the_token(up, started):
    alone = started("-e", f"SWARM_JOIN_TOKEN={TOKEN}", *FILES, IMAGE, "--master", "-f", "paced.py")
    address = docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", alone)
    up("up", "-d", "--scale", "worker=2", "worker", MASTER_HOST=address)
    assert containers("master") == [] == containers("target")
    # Compose's own network is another host's: it reaches the engine's first one by its gateway only.
    for worker in containers("worker"):
        docker("network", "connect", "bridge", worker)
    wait_until(lambda: "2 workers connected" in docker("logs", alone), "two workers")
