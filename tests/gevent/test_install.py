"""How gevent's hub comes to run on swarm's loop, in interpreters that have not begun."""

import os
import subprocess
import sys
from textwrap import dedent

import pytest

SAY_WHICH = "import gevent; print(type(gevent.get_hub().loop).__module__)"


@pytest.fixture
def python(build):
    def run(code, **variables):
        done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True,
                              timeout=60,
                              env=os.environ | {"PYTHONPATH": str(build / "python")} | variables)
        return done.stdout.strip() or done.stderr.strip().splitlines()[-1]
    return run


def test_before_there_is_a_hub(python):
    assert python("import _swarm_gevent; _swarm_gevent.install(); " + SAY_WHICH) == "_swarm_gevent"


def test_twice_is_once(python):
    assert python("""
        import _swarm_gevent, gevent
        _swarm_gevent.install()
        hub = gevent.get_hub()
        _swarm_gevent.install()
        print(gevent.get_hub() is hub)
        """) == "True"


@pytest.mark.parametrize("what", [
    "gevent.get_hub()", "gevent.sleep(0.001)", "gevent.spawn(print, end='').join()",
    "gevent.get_hub().destroy()"])
def test_a_hub_with_nothing_going_on_is_replaced(what, python):
    assert python(f"import gevent; {what}; import _swarm_gevent; _swarm_gevent.install(); {SAY_WHICH}") \
        == "_swarm_gevent"


@pytest.mark.parametrize("what", [
    "gevent.spawn(gevent.sleep, 60)",
    "s = gevent.socket.socket(); s.listen(); gevent.spawn(s.accept)"])
def test_a_hub_at_work_is_one_clear_error(what, python):
    assert python(f"import gevent.socket; {what}; import _swarm_gevent; _swarm_gevent.install()") == (
        "RuntimeError: gevent is at work already, on a loop that is not swarm's: import locust before "
        "anything that uses gevent")


def test_inside_a_greenlet_it_is_too_late(python):
    assert "at work already" in python("""
        import gevent, _swarm_gevent
        gevent.spawn(_swarm_gevent.install).get()
        """)


def test_gevents_own_variable_names_it(python):
    assert python(SAY_WHICH, GEVENT_LOOP="_swarm_gevent.loop") == "_swarm_gevent"


def test_without_it_what_would_wait_says_so(python):
    assert python("import _swarm; _swarm.UserCore().wait(1)") == (
        "RuntimeError: this works in the main thread only, with gevent's hub on the loop of swarm: "
        "import locust before anything uses gevent")
    assert python("import _swarm; print(_swarm.sleep(0.001))") == "None"


def test_an_interpreter_ends_while_threads_wait(python):
    assert python("""
        import _swarm_gevent, gevent, threading
        _swarm_gevent.install()

        def work():
            while True:
                gevent.sleep(0.0001)

        for _ in range(3):
            threading.Thread(target=work, daemon=True).start()
        gevent.sleep(0.01)
        print("ended")
        """) == "ended"
