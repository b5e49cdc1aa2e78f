"""An image's file system for the tests of every day: what `make install` leaves, over the machine's own
system (which has the packages that the image installs). With SWARM_IMAGE_ROOT, the file system that
`make image` has built from deploy/Dockerfile instead."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from compose import ROOT
from containers import Network, Root
from dockerfile import default_image

BUILD = Path(os.environ.get("SWARM_BIN", ROOT / "build" / "release" / "swarm")).resolve().parent


def pytest_configure(config):
    config.addinivalue_line("markers", "long: minutes; `make deploy-test` runs it")


@pytest.fixture(scope="session")
def image():
    return default_image()


@pytest.fixture(scope="session")
def root(tmp_path_factory, image):
    if os.environ.get("SWARM_IMAGE_ROOT"):
        yield Root(Path(os.environ["SWARM_IMAGE_ROOT"]))
        return
    folder = tmp_path_factory.mktemp("image")
    layer = folder / "layer"
    layer.mkdir()
    # A layer must not lie in the file system that it covers.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "layer", layer], check=True)
    try:
        subprocess.run(["cmake", "--install", BUILD, "--prefix", "/usr"], check=True,
                       stdout=subprocess.DEVNULL, env=os.environ | {"DESTDIR": str(layer)})
        for path in ("usr/local/bin", "home/locust", "mnt/locust", "etc"):
            (layer / path).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "deploy" / "healthy", layer / "usr/local/bin")
        (layer / "usr/local/bin/locust").symlink_to("/usr/bin/swarm")
        shutil.chown(layer / "home/locust", 1000, 1000)
        (layer / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nlocust:x:1000:1000::/home/locust:/bin/sh\n")
        (folder / "root").mkdir()
        top = f"/{ROOT.parts[1]}"
        yield Root(folder / "root", [layer, Path("/")], hidden=[str(ROOT), *({top} - {"/tmp", "/usr"})])
    finally:
        subprocess.run(["umount", layer], check=True)


@pytest.fixture
def network(tmp_path):
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("needs root and ip (Debian: iproute2) for network namespaces")
    tmp_path.chmod(0o755)
    running = Network(tmp_path)
    yield running
    running.close()


class Totals:
    """What the master printed at the end."""

    def __init__(self, text):
        self.requests, self.failures = map(
            int, re.findall(r"^ +Aggregated +(\d+) +(\d+)\(", text, re.MULTILINE)[-1])
        found = re.search(r"^Interrupted: (\d+)$", text, re.MULTILINE)
        self.interrupted = int(found[1]) if found else 0


@pytest.fixture
def totals():
    return Totals
