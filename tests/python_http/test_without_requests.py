"""Where requests is not installed, its exceptions have substitutes of the same names and texts."""

import os
import subprocess
import sys

from conftest import HERE, PROGRAM

SCRIPT = """
import sys
sys.modules.update({name: None for name in ("requests", "urllib3", "charset_normalizer", "chardet")})
import locust
from locust.clients import HttpSession
from scripted_server import ScriptedServer

server = ScriptedServer()
reported = []

class Hook:
    def fire(self, **sample):
        reported.append(sample)

client = HttpSession(server.url, Hook())
for path in ("/close", "/reset", "/truncated", "/half_chunk", "/bad_gzip", "/garbage", "/loop/0",
             "/status/404_No", "http://127.0.0.1:1/", "http://nowhere.invalid/"):
    client.get(path)
client.get("/slow", timeout=0.05)
for sample in reported:
    said = sample["response"]._failure()[1]
    assert repr(sample["exception"]) == said, (sample["exception"], said)
    assert sample["response"].error is None or isinstance(sample["response"].error, OSError)

client.get("/a", headers={"X": 5})
assert type(reported[-1]["exception"]).__name__ == "InvalidHeader"
for call, name in ((lambda: HttpSession("host").get("/"), "MissingSchema"),
                   (lambda: client.get("/bad_json").json(), "JSONDecodeError"),
                   (lambda: client.get("/status/500_Bad").raise_for_status(), "HTTPError")):
    try:
        call()
    except Exception as error:
        assert type(error).__name__ == name, error
    else:
        raise AssertionError(name)
assert client.get("/latin1").text == "stra\\u00dfe"
assert client.get("/no_type").text == "stra\\u00dfe"
"""


def test_failures_say_the_same():
    path = os.pathsep.join([str(PROGRAM.parent / "python"), str(HERE)])
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60,
                         env={**os.environ, "PYTHONPATH": path})
    assert run.returncode == 0, run.stderr


def test_requests_is_not_imported_unless_it_is_needed():
    script = "import sys, locust, locust.clients, locust.contrib.fasthttp as f\n" \
             "assert 'requests' not in sys.modules and 'http.server' not in sys.modules"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60,
                         env={**os.environ, "PYTHONPATH": str(PROGRAM.parent / "python")})
    assert run.returncode == 0, run.stderr
