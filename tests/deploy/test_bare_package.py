"""The Debian package in a bare Debian 12: it installs, runs what the README begins with, in Python and in
C++, and leaves nothing behind."""

import shutil
import subprocess

import bare
import pytest

pytestmark = [pytest.mark.long,
              pytest.mark.skipif(not shutil.which("debootstrap"), reason="needs debootstrap")]
# What apt keeps of any package that ever was there.
NOT_OURS = ("var/log/", "var/cache/", "var/lib/apt/", "var/lib/dpkg/", "tmp/", "run/", "dev/", "proc/")
RUN = "--headless -u 20 -r 20 -t 3s -H http://127.0.0.1:8080 --exit-code-on-error 0"


def files(root):
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    return {name for name in found if not name.startswith(NOT_OURS)}


def sh(root, script):
    done = bare.run(root, ["/bin/sh", "-euc", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """A bare Debian with the package in /srv, and everything that it needs already installed: what is
    different afterwards is the package's."""
    root = bare.copy_of(bare.debian(), "package")
    subprocess.run(["cpack", "--config", bare.ROOT / "build/release/CPackConfig.cmake", "-B", root / "srv"],
                   check=True, stdout=subprocess.DEVNULL)
    (package,) = (root / "srv").glob("*.deb")
    shutil.rmtree(root / "srv" / "_CPack_Packages")
    needs = subprocess.run(["dpkg-deb", "--field", package, "Depends"], check=True, capture_output=True,
                           text=True).stdout.strip()
    (root / "srv" / "needs.control").write_text(
        f"Source: needs\nMaintainer: x\nBuild-Depends: {needs}\n\nPackage: needs\nArchitecture: all\n")
    sh(root, "apt-get update -q; apt-get install -q -y --no-install-recommends g++ libc6-dev man-db;"
             "apt-get build-dep -q -y --no-install-recommends --no-install-suggests /srv 2>/dev/null || "
             "apt-get satisfy -q -y --no-install-recommends \"" + needs + "\"")
    return root


def test_installs_runs_and_leaves_nothing_behind(system):
    before = files(system)
    sh(system, "apt-get install -q -y --no-install-recommends /srv/swarm-loadgen_*.deb")
    assert sh(system, "swarm --version").startswith("swarm 0.1.0 from /usr/bin/swarm")

    # The README's beginning, in both languages.
    said = sh(system, f"""
        cd /tmp; swarm target & target=$!
        sleep 1
        swarm -f /usr/share/swarm/examples/python/quickstart.py {RUN}
        cp /usr/share/swarm/examples/cpp/quickstart.cpp .
        g++ -std=c++20 -O2 -shared -fPIC quickstart.cpp -o quickstart.so
        swarm -f quickstart.so {RUN}
        kill $target; wait $target""")
    assert said.count("Shutting down (exit code 0)") == 2
    assert said.count("GET      A 200 Status") >= 2
    assert "swarm - loads a server" in sh(system, "man swarm | cat").replace("  ", " ").replace("  ", " ")
    assert "--spawn-rate" in sh(system, "bash -c '. /usr/share/bash-completion/completions/swarm; "
                                        "COMP_WORDS=(swarm --sp); COMP_CWORD=1; _swarm; echo $COMPREPLY'")

    sh(system, "apt-get purge -q -y swarm-loadgen; rm -rf /tmp/quickstart*")
    assert sorted(files(system) - before) == []
    assert sorted(before - files(system)) == []
