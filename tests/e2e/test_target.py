"""`swarm target`: every path, the rules of HTTP, and clients that break them."""

import base64
import gzip
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import zlib

import pytest
from support import Target, read_all, read_until, run_swarm

pytestmark = pytest.mark.sanitized


def head_of(response):
    return {name.lower(): value for name, value in response.getheaders()}


# --- the paths ---


def test_success_is_22_bytes_of_text(target):
    response = target.get("/success")
    assert (response.status, len(response.data)) == (200, 22)
    assert head_of(response)["content-type"] == "text/plain; charset=utf-8"


def test_index_lists_every_path(target):
    text = target.get("/").data.decode()
    for path in ("success random status delay bytes json echo redirect cookies/set cookies gzip "
                 "stream close drop basic-auth half garbage log").split():
        assert f"\n/{path}" in text


def test_unknown_path_is_404(target):
    assert target.get("/nothing").status == 404


def test_random_answers_with_several_statuses(target):
    connection = target.connect()
    seen = set()
    for _ in range(200):
        connection.request("GET", "/random")
        response = connection.getresponse()
        response.read()
        seen.add(response.status)
    assert seen == {200, 201, 404, 500, 503}


@pytest.mark.parametrize("code", [200, 201, 204, 301, 304, 404, 418, 500, 599])
def test_status(target, code):
    response = target.get(f"/status/{code}")
    assert response.status == code
    assert bool(response.data) == (code not in (204, 304))


@pytest.mark.parametrize("path", ["/status/abc", "/status/99", "/status/600", "/bytes/-1", "/delay/x",
                                  "/json/99999999999", "/half/0", "/stream/"])
def test_number_out_of_range_is_400(target, path):
    assert target.get(path).status == 400


def test_delay_takes_at_least_its_time(target):
    for ms in (0, 0.5, 60):
        before = time.monotonic()
        assert target.get(f"/delay/{ms}").status == 200
        assert time.monotonic() - before >= ms / 1000


def test_delayed_answers_do_not_hold_up_others(target):
    with target.socket() as slow:
        slow.sendall(b"GET /delay/3600000 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert target.get("/success").status == 200


@pytest.mark.parametrize("size", [0, 1, 20480, 65536, 65537, 3_000_000])
def test_bytes(target, size):
    response = target.get(f"/bytes/{size}")
    assert len(response.data) == size == int(head_of(response)["content-length"])
    assert head_of(response)["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("size", [100, 5000, 200_000])
def test_json_is_a_document_of_that_size(target, size):
    response = target.get(f"/json/{size}")
    assert len(response.data) == size
    assert json.loads(response.data)["items"][0]["id"] == 0
    assert head_of(response)["content-type"] == "application/json"


def test_echo_tells_what_came(target):
    response = target.request("PUT", "/echo?a=1", body="grüße".encode(), headers={"X-One": "1"})
    echo = json.loads(response.data)
    assert (echo["method"], echo["path"], echo["query"]) == ("PUT", "/echo", "a=1")
    assert (echo["body"], echo["body_bytes"]) == ("grüße", 7)
    assert ["X-One", "1"] in echo["headers"]


def test_echo_returns_any_bytes(target):
    body = bytes(range(256)) * 4000
    echo = json.loads(target.request("POST", "/echo", body=body).data)
    assert base64.b64decode(echo["body_base64"]) == body


def test_echo_joins_chunks(target):
    pieces = [b"a" * 70_000, b"b", b"c" * 10]
    response = target.request("POST", "/echo", body=iter(pieces), encode_chunked=True,
                              headers={"Transfer-Encoding": "chunked"})
    assert json.loads(response.data)["body"].encode() == b"".join(pieces)


@pytest.mark.parametrize("code", [None, 301, 302, 303, 307, 308])
def test_redirects_count_down(target, code):
    path, statuses = f"/redirect/2{f'?code={code}' if code else ''}", []
    while path:
        response = target.get(path)
        statuses.append(response.status)
        path = response.getheader("Location")
    assert statuses == [code or 302, code or 302, 200]


def test_cookies_are_set_and_told(target):
    response = target.get("/cookies/set?a=1&b=two&_path=/cookies&_max_age=60")
    assert response.headers.get_all("Set-Cookie") == ["a=1; Path=/cookies; Max-Age=60",
                                                      "b=two; Path=/cookies; Max-Age=60"]
    told = target.get("/cookies", Cookie="a=1; b=two")
    assert json.loads(told.data) == {"cookies": [["a", "1"], ["b", "two"]]}


@pytest.mark.parametrize("query, decode", [("", gzip.decompress), ("?encoding=gzip", gzip.decompress),
                                           ("?encoding=deflate", zlib.decompress)])
def test_gzip_and_deflate(target, query, decode):
    response = target.get("/gzip" + query)
    assert head_of(response)["content-encoding"] == (query.partition("=")[2] or "gzip")
    assert len(json.loads(decode(response.data))["items"]) > 10


def test_brotli(target):
    if "brotli" not in subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout:
        pytest.skip("curl without brotli")
    decoded = subprocess.run(["curl", "-s", "--compressed", target.url + "/gzip?encoding=br"],
                             capture_output=True, check=True).stdout
    assert len(json.loads(decoded)["items"]) > 10


def test_stream_is_chunked(target):
    response = target.get("/stream/300")
    assert head_of(response)["transfer-encoding"] == "chunked"
    assert response.data.split(b"\n")[299] == b"chunk 299"


def test_stream_takes_its_intervals(target):
    before = time.monotonic()
    assert target.get("/stream/3?interval_ms=20").data == b"chunk 0\nchunk 1\nchunk 2\n"
    assert time.monotonic() - before >= 0.04


def test_close_says_so_and_closes(target):
    with target.socket() as client:
        client.sendall(b"GET /close HTTP/1.1\r\nHost: x\r\n\r\n")
        received = read_all(client)
    assert b"\r\nConnection: close\r\n" in received and received.endswith(b"Goodbye\n")


def test_drop_closes_without_a_word(target):
    with target.socket() as client:
        client.sendall(b"GET /drop HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_all(client) == b""


def test_basic_auth(target):
    right = "Basic " + base64.b64encode(b"joe:se:cret").decode()
    assert target.get("/basic-auth/joe/se%3Acret", Authorization=right).status == 200
    assert target.get("/basic-auth/joe/other", Authorization=right).status == 401
    denied = target.get("/basic-auth/joe/other")
    assert denied.status == 401 and denied.getheader("WWW-Authenticate").startswith("Basic ")


def test_half_breaks_its_promise(target):
    for size in (10, 1_000_001):
        with target.socket() as client:
            client.sendall(f"GET /half/{size} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head, _, body = read_all(client).partition(b"\r\n\r\n")
        assert f"\r\nContent-Length: {size}".encode() in head
        assert len(body) == size // 2


def test_garbage_is_not_http(target):
    with target.socket() as client:
        client.sendall(b"GET /garbage HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not read_all(client).startswith(b"HTTP/")


# --- the rules ---


@pytest.mark.parametrize("path", ["/", "/success", "/bytes/100000", "/json/500", "/stream/3", "/gzip",
                                  "/echo", "/delay/1", "/redirect/1", "/nothing"])
def test_head_is_answered_without_a_body(target, path):
    connection = target.connect()
    for _ in range(2):  # a body would be taken for the second answer
        connection.request("HEAD", path)
        response = connection.getresponse()
        assert response.read() == b"" and response.status in (200, 302, 404)


def test_connection_is_kept(fresh_target):
    connection = fresh_target.connect()
    for path in ("/success", "/bytes/70000", "/stream/2", "/delay/1", "/status/204", "/nothing"):
        connection.request("POST", path, body=b"x" * 1000)
        connection.getresponse().read()
    assert fresh_target.log()["connections"] == 2  # and that of /log


def test_http_1_0_is_closed_unless_it_asks(target):
    with target.socket() as client:
        client.sendall(b"GET /success HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert b"\r\nConnection: keep-alive\r\n" in read_until(client, b"requested\n")
        client.sendall(b"GET /stream/2 HTTP/1.0\r\n\r\n")
        assert read_all(client).endswith(b"\r\n\r\nchunk 0\nchunk 1\n")


def test_pipelined_requests_are_answered_in_order(target):
    count = 2000
    requests = b"".join(b"GET /redirect/%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(1, count + 1))
    with target.socket() as client:
        client.sendall(requests + b"GET /close HTTP/1.1\r\nHost: x\r\n\r\n")
        received = read_all(client)
    steps = [int(n) for n in re.findall(rb"Location: /redirect/(\d+)", received)]
    assert steps == list(range(count))


def test_request_may_come_byte_by_byte(target):
    with target.socket() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc":
            client.sendall(bytes([byte]))
        assert b'"body":"abc"' in read_until(client, b"}")


def test_client_that_asks_is_told_to_continue(target):
    with target.socket() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert read_until(client, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert b'"body":"abc"' in read_until(client, b"}")


def test_client_may_close_its_side_and_still_read(target):
    for path, end in ((b"/success", b"requested\n"), (b"/delay/50", b"last\n"),
                      (b"/stream/3?interval_ms=5", b"0\r\n\r\n")):
        with target.socket() as client:
            client.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
            client.shutdown(socket.SHUT_WR)
            assert read_all(client).endswith(end)


# --- clients that break them ---


@pytest.mark.parametrize("request_bytes, status", [
    (b"nonsense\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\n\n", 400),
    (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000, 431),
    (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 500_000, 413),
])
def test_bad_request_is_answered_and_closed(target, request_bytes, status):
    with target.socket() as client:
        client.sendall(request_bytes)
        client.shutdown(socket.SHUT_WR)
        received = read_all(client)
    assert received.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nConnection: close\r\n" in received
    assert target.get("/success").status == 200


def test_refusal_arrives_though_the_client_goes_on_sending(target):
    with target.socket() as client:
        client.sendall(b"nonsense\r\n\r\n")
        for _ in range(50):
            client.sendall(b"x" * 10_000)
        assert client.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_clients_that_do_not_read_are_waited_for_in_peace(fresh_target):
    clients = [fresh_target.socket() for _ in range(20)]
    for client in clients:
        client.sendall(b"GET /bytes/50000000 HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
    assert fresh_target.get("/success").status == 200
    for client in clients[1:]:
        client.close()
    clients[0].sendall(b"GET /close HTTP/1.1\r\nHost: x\r\n\r\n")
    received = 0
    while piece := clients[0].recv(1 << 20):
        received += len(piece)
    assert received > 150_000_000


def test_clients_that_go_away_cost_nothing(fresh_target):
    for _ in range(50):
        client = fresh_target.socket()
        client.sendall(b"GET /delay/3600000 HTTP/1.1\r\nHost: x\r\n\r\n")
        client.close()
    fresh_target.get("/delay/100")
    before = fresh_target.cpu_seconds()
    fresh_target.get("/delay/500")
    # One that is told again and again that they are gone would have used all of the time.
    assert fresh_target.cpu_seconds() - before < 0.25


# --- TLS ---


def test_tls(tls_target):
    assert tls_target.url.startswith("https://")
    assert tls_target.get("/success").data == b"Success, as requested\n"
    assert len(tls_target.get("/bytes/3000000").data) == 3_000_000
    body = bytes(range(256)) * 1000
    echo = json.loads(tls_target.request("POST", "/echo", body=body).data)
    assert base64.b64decode(echo["body_base64"]) == body
    assert tls_target.get("/close").status == 200


def test_tls_certificate_is_good_for_localhost(tls_target):
    certificate = ssl.get_server_certificate((tls_target.host, tls_target.port))
    context = ssl.create_default_context(cadata=certificate)
    for name in ("localhost", "127.0.0.1"):
        with tls_target.socket() as plain, context.wrap_socket(plain, server_hostname=name) as client:
            client.sendall(b"GET /close HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_all(client).endswith(b"Goodbye\n")


def test_tls_says_goodbye_but_not_when_it_drops(tls_target):
    context = ssl._create_unverified_context()
    with context.wrap_socket(tls_target.socket(), suppress_ragged_eofs=False) as client:
        client.sendall(b"GET /close HTTP/1.1\r\nHost: x\r\n\r\n")
        assert read_all(client).endswith(b"Goodbye\n")  # raises if the end were a cut


def test_tls_chooses_http_1_1(tls_target):
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(tls_target.socket()) as client:
        assert client.selected_alpn_protocol() == "http/1.1"


def test_plain_http_to_a_tls_port_is_closed(tls_target):
    with tls_target.socket() as client:
        client.sendall(b"GET /success HTTP/1.1\r\nHost: x\r\n\r\n")
        client.shutdown(socket.SHUT_WR)
        assert b"HTTP/" not in read_all(client)
    assert tls_target.get("/success").status == 200


def test_certificate_may_be_given(start_target, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("without openssl")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=given",
                    "-addext", "subjectAltName=DNS:given"], check=True, capture_output=True)
    given = start_target("--tls-cert", str(cert), "--tls-key", str(key))
    context = ssl.create_default_context(cafile=str(cert))
    with given.socket() as plain, context.wrap_socket(plain, server_hostname="given") as client:
        assert client.getpeercert()["subject"] == ((("commonName", "given"),),)


# --- the log ---


def test_log_counts_by_path_without_query(fresh_target):
    for path in ("/success", "/success?x=1", "/nothing", "/drop"):
        try:
            fresh_target.get(path)
        except ConnectionError:
            assert path == "/drop"
    with fresh_target.socket() as client:
        client.sendall(b"nonsense\r\n\r\n")
        client.recv(1000)
    log = fresh_target.log(reset=True)
    assert log["paths"] == {"/success": 2, "/nothing": 1, "/drop": 1}
    assert (log["requests"], log["refused"], log["connections"]) == (4, 1, 6)
    log = fresh_target.log()
    assert (log["requests"], log["refused"], log["connections"], log["paths"]) == (0, 0, 1, {})


def test_log_is_exact_when_everything_was_answered(fresh_target):
    batches, batch = 40, 250
    requests = b"GET /random HTTP/1.1\r\nHost: x\r\n\r\n" * batch
    clients = [fresh_target.socket() for _ in range(10)]
    for _ in range(batches):
        for client in clients:
            client.sendall(requests)
        for client in clients:
            received = b""
            while received.count(b"\nStatus ") < batch:
                received += client.recv(1 << 20)
    log = fresh_target.log()
    assert log["paths"] == {"/random": batches * batch * len(clients)}
    assert log["connections"] == len(clients) + 1


@pytest.mark.skipif(not shutil.which("wrk"), reason="without wrk")
@pytest.mark.parametrize("options", [(), ("--tls",)])
def test_log_is_exact_under_load(start_target, options):
    loaded = start_target(*options)
    connections = 50
    output = subprocess.run(["wrk", "-t1", f"-c{connections}", "-d1", loaded.url + "/random"],
                            capture_output=True, text=True, check=True).stdout
    completed = int(re.search(r"(\d+) requests in", output).group(1))
    assert "Socket errors" not in output
    # wrk leaves at the end, with at most one request in flight on each connection.
    assert completed > 0
    assert completed <= loaded.requests("/random") <= completed + connections


# --- start and end ---


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_ends_at_a_signal_whatever_is_in_flight(start_target, end):
    running = start_target()
    with running.socket() as waiting, running.socket() as idle:
        waiting.sendall(b"GET /delay/3600000 HTTP/1.1\r\nHost: x\r\n\r\n")
        idle.sendall(b"GET /success HTTP/1.1\r\nHost: x\r\n\r\n")
        read_until(idle, b"requested\n")
        assert running.stop(end) == 0


def test_port_in_use_is_one_clear_line(target):
    result = run_swarm("target", "--port", str(target.port))
    assert result.returncode == 1
    assert re.fullmatch(rf"swarm target: error: port {target.port} of 127\.0\.0\.1 is in use: .*"
                        r"--port.*\n", result.stderr)


def test_port_is_free_again_at_once():
    first = Target()
    assert first.get("/close").status == 200  # leaves a connection in TIME_WAIT
    first.stop()
    second = Target("--port", str(first.port))
    assert second.port == first.port
    second.stop()


def test_listens_at_ipv6(start_target):
    if not socket.has_ipv6:
        pytest.skip("without IPv6")
    try:
        running = start_target("--host", "::1")
    except RuntimeError as error:
        pytest.skip(str(error))
    assert running.url.startswith("http://[::1]:")
    assert running.get("/success").status == 200


@pytest.mark.parametrize("words, says", [
    (["--port", "x"], "0 to 65535, not 'x'"),
    (["--prot", "1"], "unknown argument '--prot'"),
    (["--tls-cert", "c.pem"], "belong together"),
])
def test_wrong_command_line_is_one_line_and_exit_2(words, says):
    result = run_swarm("target", *words)
    assert result.returncode == 2 and result.stdout == ""
    assert re.fullmatch(r"swarm target: error: .+\n", result.stderr) and says in result.stderr


@pytest.mark.parametrize("words, says", [
    (["--host", "203.0.113.7"], "no address of this machine"),
    (["--host", "no such host"], "unknown host no such host"),
    (["--tls-cert", "missing.pem", "--tls-key", "missing.pem"], "missing.pem"),
])
def test_what_cannot_be_is_one_line_and_exit_1(words, says):
    result = run_swarm("target", "--port", "0", *words)
    assert result.returncode == 1
    assert re.fullmatch(r"swarm target: error: .+\n", result.stderr) and says in result.stderr


def test_help_goes_to_stdout():
    result = run_swarm("target", "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("usage: swarm target")
