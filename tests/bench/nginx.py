"""The server of the bench: one nginx process, pinned, with its own configuration."""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import bodies

# (body, transport) -> port. A body has ports of its own, so that every path of a scenario gets it.
PORTS = {(body, transport): 9311 + 2 * number + (transport == "tls")
         for number, body in enumerate(("22", "20k", *bodies.JSON_BYTES, *bodies.NEW_JSON_BYTES))
         for transport in ("plain", "tls")}
STATUS_PORT = 9310
LAST_PORT = max(PORTS.values())

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
worker_rlimit_nofile {descriptors};
events {{
  use epoll;
  worker_connections {connections};
}}
http {{
  log_format arrivals '$msec';
  access_log off;
  default_type application/json;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16 inactive=1h;
  open_file_cache_valid 1h;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  keepalive_time 24h;
  ssl_certificate {folder}/certificate.pem;
  ssl_certificate_key {folder}/key.pem;
  ssl_protocols TLSv1.3;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{small_plain} backlog=4096;
    listen 127.0.0.1:{small_tls} ssl backlog=4096;
    location / {{ return 200 '{small_body}'; }}
    location /logged {{ access_log {folder}/arrivals.log arrivals; return 200 '{small_body}'; }}
  }}
{from_files}{made}  server {{
    listen 127.0.0.1:{status};
    location / {{ stub_status; }}
  }}
}}
"""

FROM_FILE = """  server {{
    listen 127.0.0.1:{plain} backlog=4096;
    listen 127.0.0.1:{tls} ssl backlog=4096;
    root {folder}/www;
    location / {{ try_files /{body}.json =404; }}
  }}
"""

MADE = """  server {{
    listen 127.0.0.1:{plain} backlog=4096;
    listen 127.0.0.1:{tls} ssl backlog=4096;
{pieces}    location / {{ return 200 '{all}'; }}
  }}
"""
LONGEST_PIECE = 4000  # nginx takes no longer words in its configuration


@dataclass
class Nginx:
    """Runs from `with` to its end; knows how many requests it has served."""

    core: int
    _status_requests: int = field(default=0, init=False)  # subset of what nginx counts: our own

    def __enter__(self):
        with socket.socket() as other:
            if other.connect_ex(("127.0.0.1", STATUS_PORT)) == 0:
                sys.exit(f"bench: port {STATUS_PORT} is in use: is another nginx of a benchmark up?")
        # In memory where there is such a place: a body must not wait for a disk.
        parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self._folder = tempfile.mkdtemp(prefix="swarm-bench-", dir=parent)
        self._write_files(Path(self._folder))
        self._process = subprocess.Popen(
            [program(), "-e", "stderr", "-p", self._folder, "-c", f"{self._folder}/nginx.conf"],
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.core}),
        )
        self._wait_until_up()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def served(self) -> int:
        """Requests served so far, by all ports, once the number no longer grows."""
        before = -1
        while (now := self._count()) != before:
            before = now
            time.sleep(0.02)
        return now

    def arrivals(self) -> list[float]:
        """When the requests to /logged came, in seconds since the epoch, to the millisecond."""
        log = Path(self._folder, "arrivals.log")
        return sorted(map(float, log.read_text().split())) if log.exists() else []

    def _count(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{STATUS_PORT}/", timeout=30) as answer:
            numbers = answer.read().decode().splitlines()[2].split()
        self._status_requests += 1
        return int(numbers[2]) - self._status_requests

    def _wait_until_up(self):
        for _ in range(100):
            if self._process.poll() is not None:
                sys.exit("bench: nginx ended at once: is one of the ports "
                         f"{STATUS_PORT}-{LAST_PORT} in use?")
            try:
                self._count()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("bench: nginx does not answer")

    @staticmethod
    def _write_files(folder: Path):
        descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        (folder / "www").mkdir()
        files = {"20k": "x" * bodies.LARGE_BYTES} | {
            body: bodies.json_document(size) for body, size in bodies.JSON_BYTES.items()}
        for body, text in files.items():
            (folder / f"www/{body}.json").write_text(text)
        # A key of today's default kind: RSA handshakes would make 10,000 connections a wait.
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "7", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
             "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
            check=True, capture_output=True)
        (folder / "nginx.conf").write_text(CONFIGURATION.format(
            folder=folder, descriptors=descriptors, connections=descriptors - 64,
            status=STATUS_PORT, small_body=bodies.SMALL,
            small_plain=PORTS["22", "plain"], small_tls=PORTS["22", "tls"],
            from_files="".join(
                FROM_FILE.format(folder=folder, body=body, plain=PORTS[body, "plain"],
                                 tls=PORTS[body, "tls"]) for body in files),
            made="".join(made(body, bodies.new_json_document(size))
                         for body, size in bodies.NEW_JSON_BYTES.items())))


def made(body: str, text: str) -> str:
    """A server that answers with `text`, in which nginx replaces its variables."""
    before, after = text.split(bodies.ID)
    pieces = [piece[at:at + LONGEST_PIECE] for piece in (before, bodies.ID, after)
              for at in range(0, len(piece), LONGEST_PIECE)]
    return MADE.format(
        plain=PORTS[body, "plain"], tls=PORTS[body, "tls"],
        pieces="".join(f"    set $piece{n} '{piece}';\n" for n, piece in enumerate(pieces)),
        all="".join(f"$piece{n}" for n in range(len(pieces))))


def program() -> str | None:
    """Where nginx is: /usr/sbin is not on everybody's path."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
