"""Makes the same calls with whatever `locust` is imported and prints what was sent and reported.

Run as a program: `python habits.py URL_OF_A_CLOSED_PORT`. One line of JSON for each call; compare
the lines of two implementations. The server is scripted_server.py, as a process of its own.
"""

import inspect
import io
import json
import pathlib
import re
import subprocess
import sys

import locust  # noqa: F401  first: it patches the standard library
from locust.clients import HttpSession
from locust.contrib.fasthttp import FastHttpSession
from locust.event import EventHook

HERE = pathlib.Path(__file__).parent
OLD = "environment" in inspect.signature(FastHttpSession.__init__).parameters
RETRIES = 1 if OLD else 0  # the older client counts attempts


class Server:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "scripted_server.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        self.url = self.process.stdout.readline().strip()

    def take(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def fast_session(base_url, hook, **settings):
    settings = {"insecure": True, "network_timeout": 60.0, "connection_timeout": 60.0,
                "max_redirects": 30, "max_retries": RETRIES, "concurrency": 10, **settings}
    if OLD:
        owner = type("Owner", (), {})()
        owner.events = type("Events", (), {})()
        owner.events.request = hook
        return FastHttpSession(owner, base_url, None, **settings)
    return FastHttpSession(base_url, hook, None, **settings)


class Recorder:
    """Runs one call after the other; each with a fresh session unless it is told otherwise."""

    def __init__(self, closed_url):
        self.server = Server()
        self.closed_url = closed_url
        self.reported = []
        self.hook = EventHook()
        self.hook.add_listener(self.note)

    def note(self, request_type, name, response_length, exception, url, **rest):
        self.reported.append({
            "method": request_type, "name": name, "length": response_length,
            "exception": repr(exception) if exception else None, "url": url,
            "status": getattr(rest["response"], "status_code", "none"),
        })

    def session(self, kind, base_url=None):
        base_url = base_url or self.server.url
        if kind == "http":
            session = HttpSession(base_url, self.hook, None)
            session.trust_env = False
            return session
        return fast_session(base_url, self.hook)

    def run(self, label, kind, call):
        self.reported = []
        outcome = {"call": f"{kind}: {label}"}
        try:
            result = call(self.session(kind))
            outcome["result"] = result if isinstance(result, (str, int, float, list, dict, type(None), bool)) else "response"
        except Exception as error:
            outcome["raised"] = f"{type(error).__module__}.{error!r}"
        outcome["sent"] = [self.plain(raw) for raw in self.server.take()]
        outcome["reported"] = self.reported
        print(re.sub(r"127\.0\.0\.1:\d+", "HOST", json.dumps(outcome, default=lambda _: "object")).replace(
            re.search(r"\d+$", self.server.url)[0], "PORT"), flush=True)

    @staticmethod
    def plain(raw):
        """A request without what may differ: the order of fields, the agent, the boundary."""
        head, _, body = raw.partition("\r\n\r\n")
        line, *fields = head.split("\r\n")
        boundary = re.search(r"boundary=(\S+)", head)
        fields = sorted(f for f in fields if not re.match(r"(?i)(user-agent|host):", f))
        text = "\n".join([line, *fields, "", body])
        return text.replace(boundary[1], "BOUNDARY") if boundary else text


def upload():
    return {"file": ("a b.txt", io.BytesIO(b"content"), "text/plain"), "other": "plain"}


def both(c):
    """Calls that both clients offer."""
    yield "get", lambda c: c.get("/a/b?c=d")
    yield "get, name", lambda c: c.get("/a", name="the name")
    yield "odd characters", lambda c: c.get("/a b/ü?q=ä ö&x=%20%zz")
    yield "fragment", lambda c: c.get("/a#part")
    yield "absolute", lambda c: c.get(c.base_url + "/abs?x=1")
    yield "head", lambda c: c.head("/a")
    yield "head of a redirect", lambda c: c.head("/redirect?to=/a")
    yield "options", lambda c: c.options("/a")
    yield "delete", lambda c: c.delete("/a")
    yield "post nothing", lambda c: c.post("/a")
    yield "put nothing", lambda c: c.put("/a")
    yield "patch nothing", lambda c: c.patch("/a")
    yield "post text", lambda c: c.post("/a", "some text")
    yield "post text beyond latin-1", lambda c: c.post("/a", data="snow ☃")
    yield "post bytes", lambda c: c.post("/a", data=b"\x00\xff")
    yield "post form", lambda c: c.post("/a", {"a": "1", "b": "ü &", "n": 5})
    yield "post json", lambda c: c.post("/a", json={"a": [1, 2.5, None, True], "ü": "☃"})
    yield "post empty json", lambda c: c.post("/a", json={})
    yield "put json", lambda c: c.put("/a", json=[1])
    yield "json with own type", lambda c: c.post("/a", json={"a": 1}, headers={"content-type": "application/x"})
    yield "data and json", lambda c: c.post("/a", data="d", json={"a": 1})
    yield "lower-case method", lambda c: c.request("get", "/a")
    yield "own method", lambda c: c.request("PURGE", "/a")
    yield "headers", lambda c: c.get("/a", headers={"X-One": "1", "accept": "text/html", "Accept-Encoding": "identity"})
    yield "own agent and host", lambda c: c.get("/a", headers={"User-Agent": "me", "Host": "example.org"})
    yield "cookie header", lambda c: c.get("/a", headers={"Cookie": "a=b"})
    yield "basic auth", lambda c: c.get("/a", auth=("user", "pass:word"))
    yield "params", lambda c: c.get("/a", params={"q": "ä b", "n": 5})
    yield "params after query", lambda c: c.get("/a?x=1", params={"q": "1"})
    yield "empty params", lambda c: c.get("/a", params={})
    yield "files", lambda c: c.post("/a", files=upload())
    yield "files and form", lambda c: c.post("/a", data={"k": "v"}, files=upload())
    yield "redirect", lambda c: c.get("/redirect?to=/end&code=302")
    yield "post, redirect 302", lambda c: c.post("/redirect?to=/end", data="x=1", headers={"X-Keep": "1"})
    yield "post, redirect 303", lambda c: c.post("/redirect?to=/end&code=303", json={"a": 1})
    yield "post, redirect 307", lambda c: c.post("/redirect?to=/end&code=307", json={"a": 1})
    yield "put, redirect 301", lambda c: c.put("/redirect?to=/end&code=301", "x")
    yield "post, redirect 308", lambda c: c.post("/redirect?to=/end&code=308", "x")
    yield "redirect with cookie", lambda c: c.get("/redirect?to=/end&cookie=a%3Db")
    yield "redirect, auth", lambda c: c.get("/redirect?to=/end", auth=("u", "p"))
    yield "redirect to another host", lambda c: c.get(
        "/redirect?to=" + c.base_url.replace("127.0.0.1", "localhost") + "/end", auth=("u", "p"), headers={"X-Keep": "1"})
    yield "redirect not followed", lambda c: c.get("/redirect?to=/end", allow_redirects=False)
    yield "redirects without end", lambda c: c.get("/loop/0")
    yield "status 404", lambda c: c.get("/status/404_Not_Found")
    yield "status 404, name", lambda c: c.get("/status/404_Not_Found?x=1", name="it's")
    yield "status 500", lambda c: c.post("/status/500_Internal_Server_Error", "x")
    yield "status 500 without reason", lambda c: c.get("/status/500")
    yield "status 304", lambda c: c.get("/status/304_Not_Modified")
    yield "status 399", lambda c: c.get("/status/399_Odd")
    yield "status 404 twice", lambda c: [c.get("/status/404_Not_Found").status_code, c.get("/a").status_code]
    yield "refused", lambda c: c.get(CLOSED + "/x")
    yield "closed", lambda c: c.get("/close")
    yield "closed, post", lambda c: c.post("/close", "x")
    yield "reset", lambda c: c.get("/reset")
    yield "truncated", lambda c: c.get("/truncated")
    yield "half a chunk", lambda c: c.get("/half_chunk")
    yield "no HTTP", lambda c: c.get("/garbage")
    yield "bad gzip", lambda c: c.get("/bad_gzip")
    yield "gzip", lambda c: [c.get("/gzip").text[:3], len(c.get("/gzip").content)]
    yield "unknown host", lambda c: c.get("http://nowhere.invalid/x")
    yield "no host", lambda c: c.get("http:///x")
    yield "json()", lambda c: c.get("/json").json()
    yield "bad json()", lambda c: c.get("/bad_json").json()
    yield "text, latin-1", lambda c: c.get("/latin1").text
    yield "text, text/plain without charset", lambda c: c.get("/text_utf8").text
    yield "text without type", lambda c: c.get("/no_type").text
    yield "encoding", lambda c: str(c.get("/json").encoding)
    yield "headers of a response", lambda c: [str(c.get("/headers?X-A=1&X-A=2&X-B=3").headers["x-b"]), "X-C" in c.get("/headers").headers]
    yield "repeated header", lambda c: c.get("/headers?X-A=1&X-A=2").headers["x-a"]
    yield "until the end", lambda c: c.get("/until_close").text
    yield "url", lambda c: c.get("/a b").url
    yield "url after redirect", lambda c: c.get("/redirect?to=/end").url
    yield "error", lambda c: repr(getattr(c.get(CLOSED + "/x"), "error", "no attribute"))
    yield "error of 404", lambda c: repr(getattr(c.get("/status/404_Not_Found"), "error", "no attribute"))
    yield "ok", lambda c: [c.get("/a").ok, c.get("/status/404_Not_Found").ok]
    yield "raise_for_status", lambda c: c.get("/status/404_Not_Found").raise_for_status()
    yield "raise_for_status, refused", lambda c: c.get(CLOSED + "/x").raise_for_status()
    yield "nothing of a refused one", lambda c: [(r := c.get(CLOSED + "/x")).status_code, repr(r.content), repr(r.text)]
    yield "success() outside", lambda c: c.get("/a").success()
    yield "with, nothing said", caught(lambda r: None)
    yield "with, success", caught(lambda r: r.success(), "/status/404_Not_Found")
    yield "with, failure", caught(lambda r: r.failure("bad"))
    yield "with, failure is an exception", caught(lambda r: r.failure(ValueError("bad")))
    yield "with, both", caught(lambda r: (r.success(), r.failure("last")))
    yield "with, status", caught(lambda r: None, "/status/404_Not_Found")
    yield "with, raises", caught(lambda r: 1 / 0)
    yield "with, failure and raises", caught(lambda r: (r.failure("bad"), 1 / 0))
    yield "with, response error", caught(raise_response_error)
    yield "with, name changed", caught(lambda r: r.request_meta.update(name="other"))
    yield "with, refused", caught(lambda r: r.status_code, "closed")
    yield "with, no catch_response", no_catch_response
    yield "catch_response, no with", lambda c: c.get("/a", catch_response=True).status_code
    yield "success before with", lambda c: c.get("/a", catch_response=True).success()
    yield "failure, then raise_for_status", caught(lambda r: (r.failure(ValueError("f")), r.raise_for_status()))
    yield "request_meta", caught(lambda r: [sorted(r.request_meta), r.request_meta["name"], r.request_meta["url"]])
    yield "cookies kept", lambda c: [c.get("/headers?Set-Cookie=a%3Db").status_code, c.get("/a").status_code]
    yield "request_name", lambda c: [setattr(c, "request_name", "sticky"), c.get("/a").status_code, c.get("/b", name="own").status_code]
    yield "rename_request", rename
    yield "base auth", lambda c: session_like(c, "user:p%40ss@").get("/a").status_code


def session_like(session, userinfo):
    return RECORDER.session("http" if isinstance(session, HttpSession) else "fast",
                            session.base_url.replace("://", "://" + userinfo))


def caught(act, path="/a"):
    def call(c):
        with c.get(CLOSED + "/x" if path == "closed" else path, catch_response=True) as response:
            result = act(response)
        return result if isinstance(result, (list, int)) else None
    return call


def no_catch_response(c):
    with c.get("/a") as response:
        return response.status_code


def raise_response_error(response):
    from locust.exception import ResponseError
    raise ResponseError("as error")


def http_only(c):
    yield "timeout", lambda c: c.get("/slow", timeout=0.2)
    yield "timeout pair", lambda c: c.get("/slow", timeout=(5, 0.2))
    yield "ca file", lambda c: c.get("/a", verify=False)
    yield "form of pairs", lambda c: c.post("/a", data=[("a", "1"), ("a", "2"), ("b", ["x", "y"])])
    yield "form with list", lambda c: c.post("/a", data={"a": ["1", "2"], "none": None, "b": b"x"})
    yield "body of a file", lambda c: c.post("/a", data=io.BytesIO(b"file content"))
    yield "body of an iterator", lambda c: c.post("/a", data=iter([b"ab", b"cde"]))
    yield "params of pairs", lambda c: c.get("/a", params=[("a", "1"), ("a", "2")])
    yield "params with list and none", lambda c: c.get("/a", params={"a": ["1", "2"], "none": None})
    yield "params as text", lambda c: c.get("/a", params="q=ü b")
    yield "params as bytes", lambda c: c.get("/a", params=b"q=1")
    yield "files of pairs", lambda c: c.post("/a", files=[("f", ("x.bin", b"\x00")), ("g", io.BytesIO(b"y"))])
    yield "file with headers", lambda c: c.post("/a", files={"f": ("x", "y", "text/x", {"X-P": "1"})})
    yield "file name beyond ascii", lambda c: c.post("/a", files={"f": ('ü".txt', b"y")})
    yield "files and list in form", lambda c: c.post("/a", data={"a": ["1", "2"], "n": 3}, files={"f": b"x"})
    yield "cookies", lambda c: c.get("/a", cookies={"a": "1", "b": "2"})
    yield "cookies of session and request", lambda c: [c.cookies.set("a", "s"), c.cookies.set("c", "s"), c.get("/a", cookies={"a": "r", "b": "r"}).status_code, c.get("/a").status_code, sorted(c.cookies.get_dict().items())]
    yield "cookies over a redirect", lambda c: c.get("/redirect?to=/end&cookie=n%3D1", cookies={"a": "1"})
    yield "session headers", lambda c: [c.headers.update({"X-S": "1", "accept": "x/y"}), c.get("/a", headers={"x-s": None}).status_code, c.get("/a").status_code]
    yield "session header removed", lambda c: [c.headers.pop("Accept"), c.get("/a").status_code]
    yield "session headers replaced", lambda c: [setattr(c, "headers", {"X-S": "1"}), c.get("/a").status_code]
    yield "session headers as seen", lambda c: sorted(k for k in c.headers if k != "User-Agent")
    yield "session auth", lambda c: [setattr(c, "auth", ("u", "p")), c.get("/a").status_code, c.get("/a", auth=("x", "y"), headers={"Authorization": "z"}).status_code]
    yield "session params", lambda c: [setattr(c, "params", {"s": "1"}), c.get("/a", params={"q": "2"}).status_code, c.get("/a").status_code]
    yield "bytes header", lambda c: c.get("/a", headers={"X-B": b"bytes"})
    yield "latin-1 header", lambda c: c.get("/a", headers={"X-B": "straße"})
    yield "number header", lambda c: c.get("/a", headers={"X-B": 5})
    yield "header with line break", lambda c: c.get("/a", headers={"X-B": "a\r\nb"})
    yield "no scheme", lambda c: RECORDER.session("http", "host").get("/x")
    yield "other scheme", lambda c: RECORDER.session("http", "ftp://host").get("/x")
    yield "json of nan", lambda c: c.post("/a", json={"a": float("nan")})
    yield "json of an object", lambda c: c.post("/a", json=object())
    yield "unknown keyword", lambda c: c.get("/a", nonsense=1)
    yield "history", lambda c: [[h.status_code, h.url, h.headers["location"], h.is_redirect] for h in c.get("/redirect?to=/redirect%3Fto%3D/end%26code%3D301").history]
    yield "sent request", lambda c: [(r := c.post("/a", json={"a": 1}).request).method, r.url, r.path_url, r.headers["Content-Type"], str(r.body)]
    yield "reason, repr, bool", lambda c: [(r := c.get("/status/404_Not_Found")).reason, repr(r), bool(r), r.is_redirect]
    yield "elapsed", lambda c: c.get("/a").elapsed.total_seconds() > 0
    yield "cookies of a response", lambda c: [(r := c.get("/headers?Set-Cookie=a%3Db&Set-Cookie=c%3Dd")).cookies.get_dict(), r.cookies["a"], c.cookies.get("c"), len(c.cookies)]
    yield "stream", lambda c: b"".join(c.get("/lines", stream=True).iter_content(4)).decode()
    yield "iter_content, whole", lambda c: [p.decode() for p in c.get("/lines").iter_content(4)]
    yield "iter_lines", lambda c: [l.decode() for l in c.get("/lines", stream=True).iter_lines()]
    yield "iter_lines, text", lambda c: list(c.get("/lines", stream=True).iter_lines(decode_unicode=True))
    yield "links", lambda c: c.get("/links").links
    yield "hooks", lambda c: [(seen := []), c.get("/a", hooks={"response": lambda r, **kw: seen.append(r.status_code)}).status_code, list(seen)][1:]
    yield "post with name by position", lambda c: c.request("GET", "/a", "by position")
    yield "apparent_encoding", lambda c: c.get("/no_type").apparent_encoding
    yield "auth object", lambda c: c.get("/a", auth=own_auth)


def own_auth(request):
    request.headers["X-Auth"] = request.method
    return request


def rename(c):
    with c.rename_request("renamed"):
        c.get("/a")
    c.get("/b")


def fast_only(c):
    yield "rest", lambda c: None
    yield "iter_content", lambda c: list(c.get("/lines", stream=True).iter_content(4))
    yield "post number in form", lambda c: c.post("/a", data={"a": [1, 2]})


CLOSED = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:1"
RECORDER = Recorder(CLOSED)


def main():
    for kind, calls in (("http", (*both(None), *http_only(None))), ("fast", (*both(None), *fast_only(None)))):
        for label, call in calls:
            RECORDER.run(label, kind, call)
    RECORDER.server.close()


if __name__ == "__main__":
    main()
