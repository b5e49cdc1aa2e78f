"""What cooperates on gevent's own loop does so on swarm's. Nothing here waits for a time to pass:
each test would hang if somebody held the loop."""

import ctypes
import os
import select
import signal
import socket
import subprocess
import threading
import time

import gevent
import pytest
import requests
from gevent import monkey, pywsgi
from gevent.event import Event
from gevent.exceptions import LoopExit

native_lock = monkey.get_original("_thread", "allocate_lock")
start_native_thread = monkey.get_original("_thread", "start_new_thread")


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_requests_and_pywsgi_serve_several_at_once():
    arrived, second = [], Event()

    def answer(environ, start_response):
        arrived.append(environ["PATH_INFO"])
        if len(arrived) == 2:
            second.set()
        second.wait()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["PATH_INFO"].encode()]

    server = pywsgi.WSGIServer(("127.0.0.1", 0), answer, log=None)
    server.start()
    url = f"http://127.0.0.1:{server.server_port}"
    clients = [gevent.spawn(requests.get, f"{url}/{n}") for n in range(2)]
    assert [client.get().text for client in clients] == ["/0", "/1"]
    server.stop()


def test_subprocess():
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    reader = gevent.spawn(child.stdout.read)
    child.stdin.write(b"said by another greenlet")
    child.stdin.close()
    assert reader.get() == b"said by another greenlet"
    assert child.wait() == 0
    assert subprocess.run(["sh", "-c", "exit 7"]).returncode == 7


def test_child_that_was_over_before_it_was_watched():
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    watcher = gevent.get_hub().loop.child(pid)
    gevent.get_hub().wait(watcher)
    assert (watcher.rpid, watcher.rstatus) == (pid, 0)


def test_thread_pool():
    lock = native_lock()
    lock.acquire()
    job = gevent.get_hub().threadpool.spawn(lock.acquire)
    gevent.idle()
    assert not job.ready()
    lock.release()
    assert job.get() is True


def test_native_threads_run_while_the_hub_waits():
    loop = gevent.get_hub().loop
    called, watcher = Event(), loop.async_()
    watcher.start(called.set)
    start_native_thread(watcher.send, ())
    called.wait()
    watcher.close()

    done = Event()
    start_native_thread(loop.run_callback_threadsafe, (done.set,))
    done.wait()


def test_names():
    assert socket.gethostbyname("localhost") == "127.0.0.1"
    assert socket.getaddrinfo("127.0.0.1", 80)[0][4] == ("127.0.0.1", 80)


def test_signal_watchers():
    told = []
    before = signal.signal(signal.SIGUSR1, lambda *_: told.append("python"))
    try:
        arrived = Event()
        handler = gevent.signal_handler(signal.SIGUSR1, arrived.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        arrived.wait()
        handler.cancel()
        os.kill(os.getpid(), signal.SIGUSR1)
        assert told == ["python"]  # who had it before has it again
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_signal_handlers_of_python_run_while_the_hub_waits():
    arrived = Event()
    before = signal.signal(signal.SIGUSR2, lambda *_: arrived.set())
    try:
        sender = subprocess.Popen(["kill", "-USR2", str(os.getpid())])
        arrived.wait()
        assert sender.wait() == 0
    finally:
        signal.signal(signal.SIGUSR2, before)


def test_a_signal_belongs_to_one_loop():
    loop = gevent.get_hub().loop
    other = type(loop)(default=False)
    watcher = loop.signal(signal.SIGUSR1)
    watcher.start(lambda: None)
    with pytest.raises(RuntimeError, match="another loop"):
        other.signal(signal.SIGUSR1).start(lambda: None)
    watcher.close()
    other.destroy()


def test_several_watchers_of_one_descriptor(pair):
    ours, theirs = pair
    loop, called = gevent.get_hub().loop, []
    readers = [loop.io(ours.fileno(), 1) for _ in range(3)]
    writer = loop.io(ours.fileno(), 2)
    done = Event()

    def ready(watcher, name):
        watcher.stop()
        called.append(name)
        if len(called) == 4:
            done.set()

    for number, reader in enumerate(readers):
        reader.start(ready, reader, number)
    writer.start(ready, writer, "writer")
    gevent.idle()
    assert called == ["writer"]
    theirs.send(b"x")
    done.wait()
    assert sorted(map(str, called)) == ["0", "1", "2", "writer"]


def test_events_are_passed_on(pair):
    ours, theirs = pair
    loop, told = gevent.get_hub().loop, gevent.event.AsyncResult()
    watcher = loop.io(ours.fileno(), 3)
    theirs.send(b"x")
    watcher.start(lambda events, more: told.set((events, more)), "more", pass_events=True)
    assert told.get() in {(1, "more"), (2, "more"), (3, "more")}
    watcher.close()


def test_a_descriptor_that_is_reused_behind_the_loops_back(pair):
    ours, theirs = pair
    loop = gevent.get_hub().loop
    old = loop.io(ours.fileno(), 1)
    old.start(lambda: None)
    gevent.idle()  # the kernel knows of it
    number = ours.detach()
    old.stop()
    monkey.get_original("os", "close")(number)
    first, second = socket.socketpair()
    try:
        assert number in (first.fileno(), second.fileno())
        one, other = (first, second) if first.fileno() == number else (second, first)
        reader = gevent.spawn(one.recv, 1)
        gevent.sleep(0)
        other.send(b"x")
        assert reader.get() == b"x"
    finally:
        first.close()
        second.close()


def test_files_are_always_ready(tmp_path):
    with open(tmp_path / "file", "w+") as file:
        assert select.select([file], [file], [], 30) == ([file], [file], [])


def test_a_failing_callback_of_a_descriptor_is_called_once(pair, hub_errors):
    ours, theirs = pair
    theirs.send(b"x")
    watcher = gevent.get_hub().loop.io(ours.fileno(), 1)
    watcher.start(lambda: 1 / 0)
    gevent.idle()
    gevent.idle()
    assert [(context, type(error)) for context, error in hub_errors] == [(watcher, ZeroDivisionError)]
    assert not watcher.active and watcher.callback is None


def test_children_have_a_loop_of_their_own(pair):
    ours, theirs = pair
    reader = gevent.spawn(ours.recv, 1)
    fork_watcher = gevent.get_hub().loop.fork(ref=False)
    forked = []
    fork_watcher.start(forked.append, True)
    gevent.idle()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            ours.close()  # must not end the watch of the parent
            gevent.idle()
            code = 0 if forked else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0) == (child, 0)
    assert not forked
    theirs.send(b"x")
    assert reader.get() == b"x"
    fork_watcher.close()


def test_threads_have_hubs_of_their_own():
    told = []

    def work():
        loop = gevent.get_hub().loop
        gevent.idle()
        told.append((loop.default, type(loop)))
        gevent.get_hub().destroy(destroy_loop=True)

    works = native_lock()
    works.acquire()
    start_native_thread(lambda: (work(), works.release()), ())
    gevent.get_hub().threadpool.apply(works.acquire)
    assert told == [(False, type(gevent.get_hub().loop))]


def test_the_hub_knows_when_nothing_is_left():
    """In a thread, so that nothing else is there."""
    told = []

    def work():
        hub = gevent.get_hub()
        gevent.spawn(gevent.sleep, 0.001)
        told.append(hub.join())
        try:
            Event().wait()
        except LoopExit:
            told.append("would wait for ever")
        hub.destroy(destroy_loop=True)

    gevent.get_hub().threadpool.apply(work)
    assert told == [True, "would wait for ever"]


def test_c_code_that_releases_the_lock_lets_the_hub_go_on():
    turned = Event()
    gevent.spawn(turned.set)
    libc = ctypes.CDLL(None)
    job = gevent.get_hub().threadpool.spawn(libc.usleep, 1000)
    turned.wait()
    assert job.get() == 0


def test_time_is_that_of_the_wall():
    loop = gevent.get_hub().loop
    loop.update_now()
    assert abs(loop.now() - time.time()) < 60
    assert threading.current_thread() is threading.main_thread()
