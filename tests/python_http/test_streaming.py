"""stream=True: the sample ends with the head, the body comes while it is read."""

import socket
import threading

import gevent
import pytest
from conftest import FastHttpSession, HttpSession

ENDLESS = "/stream/1000000000"


@pytest.fixture(params=[HttpSession, FastHttpSession])
def streaming(request, target, hook):
    return request.param(target.url, hook, None)


def test_a_body_without_end_is_read_piece_by_piece(streaming):
    response = streaming.get(ENDLESS, stream=True)
    pieces = response.iter_content(1000)
    assert response.status_code == 200
    assert sum(len(next(pieces)) for _ in range(2000)) > 100_000
    assert streaming.get("/success").status_code == 200


def test_what_is_not_read_stays_in_bounds(streaming, target):
    response = streaming.get(ENDLESS, stream=True)
    gevent.sleep(0.2)  # a target that is not slowed down would send hundreds of megabytes
    grown = resident_bytes()
    gevent.sleep(0.3)
    assert resident_bytes() - grown < 5_000_000
    assert response.ok


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def test_lines_come_as_they_are_sent(streaming):
    lines = streaming.get(ENDLESS + "?interval_ms=5", stream=True).iter_lines()
    assert all(next(lines) for _ in range(5))


def test_lines_end_with_the_body(streaming):
    assert len(list(streaming.get("/stream/5", stream=True).iter_lines())) == 5


def test_the_sample_is_of_the_head(streaming, reported):
    streaming.get(ENDLESS, stream=True)
    assert len(reported) == 1


def test_the_content_is_the_whole_body(streaming):
    response = streaming.get("/stream/5", stream=True)
    assert len(response.content) == len(streaming.get("/stream/5").content) > 0


def test_a_stream_that_was_read_leaves_its_connection(streaming, target):
    before = target.log()["connections"]
    for _ in range(5):
        assert b"".join(p if isinstance(p, bytes) else p.encode()
                        for p in streaming.get("/bytes/100000", stream=True).iter_content(777))
    assert target.log()["connections"] - before <= 3  # ours, and those of log()


def test_a_length_that_is_known_comes_in_pieces_of_that_size(streaming):
    response = streaming.get("/bytes/10000", stream=True)
    assert [len(piece) for piece in response.iter_content(3000)] == [3000, 3000, 3000, 1000]


def test_a_body_that_breaks_off_raises(server, client):
    response = client.get("/truncated", stream=True)
    assert response.status_code == 200
    with pytest.raises(OSError, match="IncompleteRead.3 bytes read, 7 more expected"):
        list(response.iter_content(1))


def test_what_is_sent_goes_on_after_a_head_that_comes_early(client):
    size = 20_000_000

    def serve(listener):
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream:
            while stream.readline().strip():
                pass
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
            connection.sendall(b"%d" % len(stream.read(size)))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        response = client.post(url, data=b"x" * size, stream=True, timeout=20)
        assert response.content == b"%d" % size


def test_an_encoded_body_is_decoded(client):
    assert b"".join(client.get("/gzip", stream=True).iter_content(100)) == b"x" * 1000


def test_lines_as_requests_splits_them(client):
    bodies = {
        "one\ntwo\r\nthree": ["one", "two", "three"], "a\n": ["a"], "\n\na": ["", "", "a"], "": [],
        "a\r\rb": ["a", "", "b"],
    }
    from locust._http_response import StreamedBody

    class Pieces(StreamedBody):
        encoding = None
        _streaming = False

        def __init__(self, content):
            self.content = content

    for body, lines in bodies.items():
        found = [line.decode() for line in Pieces(body.encode()).iter_lines(2)]
        assert found == lines or "\r" in body, body
