"""Wires that fail as told: between workers and the master's port."""

import select
import socket
import threading
import time

import zmq


class TcpProxy:
    """Passes bytes on, until it is frozen (nothing arrives, nothing is refused: a cut cable) or its
    connections are broken (a restarted router)."""

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._pairs = {}
        self._frozen = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def freeze(self):
        self._frozen.set()

    def thaw(self):
        self._frozen.clear()

    def break_connections(self):
        with self._lock:
            for side in list(self._pairs):
                self._close(side)

    def stop(self):
        self._ended.set()
        self._thread.join()
        self.break_connections()
        self._listener.close()

    def _run(self):
        while not self._ended.is_set():
            if self._frozen.is_set():
                time.sleep(0.05)
                continue
            readable, _, _ = select.select([self._listener, *self._pairs], [], [], 0.05)
            with self._lock:
                for side in readable:
                    self._serve(side)

    def _serve(self, side):
        if side is self._listener:
            near, _ = self._listener.accept()
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                near.close()
                return
            self._pairs[near], self._pairs[far] = far, near
        elif side in self._pairs:
            try:
                piece = side.recv(1 << 16)
                self._pairs[side].sendall(piece)
            except OSError:
                piece = b""
            if not piece:
                self._close(side)

    def _close(self, side):
        other = self._pairs.pop(side, None)
        if other is not None:
            self._pairs.pop(other, None)
            other.close()
            side.close()


class MessageProxy:
    """Passes whole messages on, but every n-th is lost, repeated, or changes places with the next one
    of its way. Greetings and heartbeats count as messages, too."""

    def __init__(self, port, lose=0, repeat=0, swap=0):
        self._every = {"lose": lose, "repeat": repeat, "swap": swap}
        self._target = port
        self._context = zmq.Context()
        self._front = self._context.socket(zmq.ROUTER)
        self.port = self._front.bind_to_random_port("tcp://127.0.0.1")
        self._backs = {}
        self._count = 0
        self._kept = {}  # by way: a message that waits for the next one
        self.failed = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._ended.set()
        self._thread.join()
        for each in (self._front, *self._backs.values()):
            each.close(linger=0)
        self._context.term()

    def _run(self):
        poller = zmq.Poller()
        poller.register(self._front, zmq.POLLIN)
        identities = {}
        while not self._ended.is_set():
            for each, _ in poller.poll(50):
                if each is self._front:
                    identity, message = self._front.recv_multipart()
                    if identity not in self._backs:
                        back = self._context.socket(zmq.DEALER)
                        back.setsockopt(zmq.IDENTITY, identity)
                        back.connect(f"tcp://127.0.0.1:{self._target}")
                        self._backs[identity] = back
                        identities[back] = identity
                        poller.register(back, zmq.POLLIN)
                    back = self._backs[identity]
                    self._pass(("up", identity), message, back.send)
                else:
                    identity = identities[each]
                    self._pass(("down", identity), each.recv(), lambda message, to=identity:
                               self._front.send_multipart([to, message]))

    def _pass(self, way, message, send):
        self._count += 1
        failure = next((name for name, n in self._every.items() if n and self._count % n == 0), None)
        self.failed += failure is not None
        if failure == "swap" and way not in self._kept:
            self._kept[way] = message
            return
        if failure != "lose":
            send(message)
        if failure == "repeat":
            send(message)
        if way in self._kept:
            send(self._kept.pop(way))
