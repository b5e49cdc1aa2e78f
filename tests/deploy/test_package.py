"""What is in the Debian package. `make deploy-test` installs it in a bare Debian as well."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("SWARM_BIN", ROOT / "build" / "release" / "swarm")).resolve().parent


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    if not shutil.which("dpkg-shlibdeps"):
        pytest.skip("needs dpkg-shlibdeps (Debian: .ci/packages package)")
    folder = tmp_path_factory.mktemp("package")
    subprocess.run(["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder], check=True,
                   stdout=subprocess.DEVNULL)
    (file,) = folder.glob("*.deb")
    return file


def field(package, name):
    return subprocess.run(["dpkg-deb", "--field", package, name], check=True, capture_output=True,
                          text=True).stdout.strip()


def test_has_all_that_is_installed(package):
    listed = subprocess.run(["dpkg-deb", "--contents", package], check=True, capture_output=True,
                            text=True).stdout
    files = {line.split()[5] for line in listed.splitlines()}
    assert {"./usr/bin/swarm", "./usr/include/swarm/swarm.h", "./usr/lib/swarm/python/locust/__init__.py",
            "./usr/share/man/man1/swarm.1", "./usr/share/bash-completion/completions/swarm",
            "./usr/share/zsh/vendor-completions/_swarm", "./usr/share/fish/vendor_completions.d/swarm.fish",
            "./usr/share/swarm/examples/python/quickstart.py",
            "./usr/share/doc/swarm/LICENSE"} <= files
    assert any(re.fullmatch(r"\./usr/lib/swarm/python/_swarm\.cpython.*\.so", name) for name in files)
    # Nobody's but root's, and nowhere else.
    assert all(line.split()[1] == "root/root" for line in listed.splitlines())
    assert all(name == "./" or name.startswith("./usr/") for name in files)


def test_names_what_it_needs(package):
    needs = field(package, "Depends")
    for name in ("libc6", "libstdc++6", "libzmq5", "libsodium23", "libssl3", "python3-gevent",
                 "python3-greenlet", "python3-requests"):
        assert re.search(rf"(^|, ){re.escape(name)}\b", needs), f"{name} not in {needs}"
    minor = re.search(r"python3 \(>= 3\.(\d+)\)", needs)
    assert f"python3 (<< 3.{int(minor[1]) + 1})" in needs
    assert "-dev" not in needs


def test_is_not_taken_for_debians_swarm(package):
    assert field(package, "Package") != "swarm" and field(package, "Conflicts") == "swarm"
