"""deploy/Dockerfile, its steps carried out in a bare Debian 12, and the tests of the compose file and the
manifests with the image that comes of it."""

import os
import shutil
import subprocess
import sys

import bare
import pytest
from dockerfile import default_image

pytestmark = [pytest.mark.long,
              pytest.mark.skipif(not shutil.which("debootstrap"), reason="needs debootstrap")]
ENTRY = default_image()


@pytest.fixture(scope="module")
def build():
    return bare.Build()


def run(root, *words, **environment):
    return bare.run(root, list(words), environment=ENTRY.environment | environment, user=ENTRY.user,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_the_image_has_the_program_and_no_compiler(build):
    root = build.root("swarm")
    assert run(root, "swarm", "--version").stdout.startswith("swarm 0.1.0")
    assert run(root, "locust", "--version").stdout.startswith("swarm 0.1.0")
    assert run(root, "sh", "-c", "command -v g++ gcc cc make npm").stdout == ""
    print(f"\nimage: {bare.size(root)} MB, of which Debian {bare.size(bare.debian())} MB; "
          f"with a compiler {bare.size(build.root('compiler'))} MB")
    # A module that an image adds is found, as with Locust's.
    assert run(root, "sh", "-c", "python3 -m pip --version && touch /home/locust/can-write").returncode == 0


def test_it_takes_locusts_variables_and_folder(build):
    root = build.root("swarm")
    shutil.copy(bare.ROOT / "examples/python/quickstart.py", root / "mnt/locust/locustfile.py")
    said = run(root, "sh", "-c", "swarm target & sleep 1; locust -f /mnt/locust/locustfile.py; kill %1",
               LOCUST_HEADLESS="true", LOCUST_USERS="5", LOCUST_SPAWN_RATE="5", LOCUST_RUN_TIME="2s",
               LOCUST_HOST="http://127.0.0.1:8080", LOCUST_EXIT_CODE_ON_ERROR="0").stdout
    (root / "mnt/locust/locustfile.py").unlink()
    assert "5 total users" in said and "Shutting down (exit code 0)" in said, said


def test_with_a_compiler_it_makes_scenarios(build):
    root = build.root("compiler")
    said = run(root, "sh", "-c", "cd && g++ -std=c++20 -O2 -shared -fPIC -o quickstart.so "
               "/usr/share/swarm/examples/cpp/quickstart.cpp && swarm -f ./quickstart.so --list")
    assert said.returncode == 0 and "ApiClient" in said.stdout, said.stdout


@pytest.mark.parametrize("file", ["test_compose.py", "test_kubernetes.py"])
def test_containers_of_the_image_do_what_the_files_say(build, file):
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not long",
                           bare.HERE / file], env=os.environ | {"SWARM_IMAGE_ROOT": str(build.root("swarm"))},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
