"""Forms, parameters and files: byte for byte what requests makes of them."""

import io
import re

import pytest

requests = pytest.importorskip("requests")

FILES = [
    {"f": b"content"}, {"f": "text"}, {"f": ("name.txt", b"x")}, {"f": ("n", io.BytesIO(b"x"), "a/b")},
    {"f": ("n", "x", "a/b", {"X-Head": "1"})}, [("f", ("a", b"1")), ("f", ("b", b"2"))],
    {"f": None, "g": b"x"}, {"\u00fc": ("\u00e4\"\r\n", b"x")}, {"f": (None, b"no name")}, {"f": ("", b"x")},
]
FORMS = [
    {}, {"a": "1"}, {"a": ["1", "2"], "b": 3, "c": None}, [("a", "1"), ("a", "2")], {"a": b"\xff"},
    {"a": "\u00fc &=+\n"}, {b"k": "v"}, {"a": ("x", "y")}, {"a": True, "f": 1.5},
]


def prepared(**settings):
    for value in (settings.get("files") or {}).values() if isinstance(settings.get("files"), dict) else ():
        if isinstance(value, tuple) and hasattr(value[1], "seek"):
            value[1].seek(0)
    return requests.Request("POST", "http://h/a", **settings).prepare()


def without_boundary(headers, body):
    boundary = re.search("boundary=(.*)", headers["Content-Type"])[1].encode()
    return body.replace(boundary, b"BOUNDARY")


@pytest.mark.parametrize("files", FILES, ids=repr)
@pytest.mark.parametrize("form", [None, {"k": ["v", 2, None], "e": "\u00fc"}], ids=["", "form"])
def test_files(client, files, form):
    expected = prepared(files=files, data=form)
    expected = without_boundary(expected.headers, expected.body)
    for value in files.values() if isinstance(files, dict) else ():
        if isinstance(value, tuple) and hasattr(value[1], "seek"):
            value[1].seek(0)
    sent = client.post("/a", files=files, data=form).request
    assert without_boundary(sent.headers, sent.body) == expected


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_forms(client, form):
    expected = prepared(data=form)
    sent = client.post("/a", data=form).request
    assert (sent.body or b"") == (expected.body or "").encode()
    assert sent.headers.get("Content-Type") == expected.headers.get("Content-Type")


@pytest.mark.parametrize("params", [*FORMS, "q=\u00fc b&c", b"q=1", "", {"a": []}, {"q": "a/b?c#d"}],
                         ids=repr)
@pytest.mark.parametrize("url", ["/a", "/a?x=1", "/a?x=1#frag", "/a?"])
def test_params(client, server, params, url):
    expected = requests.Request("GET", f"http://h{url}", params=params).prepare().path_url
    assert client.get(url, params=params).request.path_url == expected


def test_a_type_of_the_session_is_left_out_for_files(client):
    client.headers["Content-Type"] = "application/json"
    sent = client.post("/a", files={"f": b"x"}, headers={"Content-Type": None}).request
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
