"""What `import locust` does to the process."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
START = f"""
import sys
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1] / "worker" / "python")!r}]
import fake_swarm
fake_swarm.install()
"""


def output_of(code, **environment):
    return subprocess.run([sys.executable, "-c", START + code], check=True, capture_output=True,
                          text=True, env={"PATH": "/bin", **environment}).stdout.split()


def test_the_standard_library_cooperates():
    patched = "from gevent import monkey; print(monkey.is_module_patched('socket'))"
    assert output_of("import locust; " + patched) == ["True"]
    assert output_of("import locust; " + patched, LOCUST_SKIP_MONKEY_PATCH="1") == ["False"]


@pytest.mark.parametrize("code", [
    "import locust, urllib3.connectionpool", "import locust, requests", "import urllib3, locust"])
def test_the_pools_of_urllib3_too_once_they_are_imported(code):
    show = "; from urllib3.connectionpool import ConnectionPool as P; print(P.QueueCls.__module__)"
    module, = output_of(code + show)
    assert module.startswith("gevent")


@pytest.mark.parametrize("variable, waits_for_pools", [
    ("NOTHING", True), ("LOCUST_SKIP_URLLIB3_PATCH", False), ("LOCUST_SKIP_MONKEY_PATCH", False)])
def test_or_not(variable, waits_for_pools):
    show = "import locust; print([type(f).__name__ for f in sys.meta_path])"
    assert ("'PoolFinder'," in output_of(show, **{variable: "1"})[0]) is waits_for_pools


def test_nothing_heavy_is_imported():
    heavy = {"requests", "urllib3", "asyncio", "http.client", "email", "unittest", "psutil", "ctypes"}
    show = f"import locust, locust._scenario; print(*(sys.modules.keys() & {heavy!r}))"
    assert set(output_of(show)) <= {"http.client", "email"}


def test_the_names_of_the_package():
    import locust

    assert locust.__version__ == "2.46.3+swarm"
    for name in locust.__all__:
        assert getattr(locust, name) is not None
    assert not hasattr(locust, "nonsense")


def test_python_dash_m_is_the_program(monkeypatch):
    import _swarm
    from locust import main

    monkeypatch.setattr(_swarm, "main", lambda arguments: 3 if arguments == ["-f", "x"] else 0)
    with pytest.raises(SystemExit) as exit:
        main.main(["-f", "x"])
    assert exit.value.code == 3
