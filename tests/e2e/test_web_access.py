"""Who may use the web interface, and how it is reached: origins, paths, log-ins, HTTPS."""

import http.client
import json
import re
import ssl
import subprocess

import pytest
from page import SCENARIO, Live
from support import run_swarm, swarm_program


@pytest.mark.parametrize("path", ["/api/v1/start", "/api/v1/stop", "/api/v1/reset", "/swarm",
                                  "/stop", "/stats/reset", "/user"])
def test_pages_from_elsewhere_change_nothing(serve_once, path):
    page = serve_once
    for fields in ({"Origin": "http://evil.example"}, {"Origin": "null"},
                   {"Origin": f"http://127.0.0.1:{page.port + 1}"}, {"Sec-Fetch-Site": "cross-site"}):
        assert page.request("POST", path, "{}", **fields).status == 403, fields
    assert page.request("GET", path).status == 405
    assert page.stats()["state"] == "ready"


def test_own_pages_and_scripts_may(serve_once):
    page = serve_once
    own = f"http://127.0.0.1:{page.port}"
    assert page.post("/api/v1/reset", Origin=own)[0] == 200
    live = Live(page, Origin=own)
    assert live.status == 101
    live.close()
    assert Live(page, Origin="http://evil.example").status == 403


def test_cors_is_for_whom_it_was_asked(serve):
    _, page = serve("--web-cors", "https://dash.example")
    ours = page.request("GET", "/api/v1/stats", Origin="https://dash.example")
    assert ours.getheader("Access-Control-Allow-Origin") == "https://dash.example"
    other = page.request("GET", "/api/v1/stats", Origin="https://evil.example")
    assert other.getheader("Access-Control-Allow-Origin") is None


def test_every_answer_says_what_it_may_do(serve_once):
    for path in ("/", "/api/v1/stats", "/nowhere"):
        answer = serve_once.request("GET", path)
        assert answer.getheader("Content-Security-Policy").startswith("default-src 'none'")
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("X-Frame-Options") == "DENY"
        assert answer.getheader("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/assets/../../../etc/passwd",
                                  "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc/passwd",
                                  "/assets/%00", "/%", "/assets//etc/passwd", "//etc/passwd",
                                  "/assets/..\\..\\etc\\passwd"])
def test_no_path_leads_out(serve_once, path):
    answer = serve_once.request("GET", path)
    assert answer.status == 404 and "root:" not in answer.text


def test_every_route_of_the_description_is_there(serve_once):
    page = serve_once
    description = page.get("/api/v1/openapi.json")
    assert description["openapi"].startswith("3.")
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            concrete = re.sub(r"\{process\}", "master", re.sub(r"\{file\}", "x.js", path))
            if method == "get" and "legacy" not in operation["summary"]:
                answer = page.request("GET", concrete)
                expected = {"/assets/x.js": (404,), "/api/v1/live": (426,)}.get(concrete, (200, 302, 404))
                assert answer.status in expected, (path, answer.status)
            elif method == "post":
                assert page.request("POST", concrete, "{").status != 405, path


# --- logging in ---


@pytest.fixture
def users(tmp_path):
    file = tmp_path / "users"
    subprocess.run([swarm_program(), "passwd", file, "ann"], input="correct horse\n", text=True, check=True)
    return file


def test_passwords_are_kept_as_hashes_for_their_owner(users):
    assert users.read_text().startswith("ann:$argon2id$")
    assert users.stat().st_mode & 0o77 == 0
    short = subprocess.run([swarm_program(), "passwd", users, "bob"], input="short\n", text=True,
                           capture_output=True)
    assert short.returncode == 1 and "too short" in short.stderr
    assert "bob" not in users.read_text()


def test_without_credentials_nothing_answers(serve, users):
    _, page = serve("--web-login", str(users))
    description = ("/api/v1/hello", "/api/v1/stats", "/api/v1/openapi.json", "/logs", "/tasks",
                   "/stats/requests", "/metrics", "/nowhere", "/../x", "/stop", "/api/v1/live")
    for path in description:
        assert page.request("GET", path).status == 401, path
    for path in ("/swarm", "/stop", "/api/v1/start", "/api/v1/stop", "/api/v1/logout", "/nowhere"):
        assert page.request("POST", path, "{}").status == 401, path
    assert page.request("GET", "/").getheader("Location") == "/login"
    assert page.request("GET", "/login").status == 200
    assert Live(page).status == 401


def test_who_logs_in_may_do_all(serve, users):
    _, page = serve("--web-login", str(users))
    body = json.dumps({"user": "ann", "password": "correct horse"})
    answer = page.request("POST", "/api/v1/login", body, **{"Content-Type": "application/json"})
    assert answer.status == 200
    cookie = answer.getheader("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    cookie = cookie.split(";")[0]
    assert page.get("/api/v1/hello", Cookie=cookie)["login"] is True
    live = Live(page, Cookie=cookie)
    assert live.status == 101
    live.close()
    assert page.request("POST", "/api/v1/logout", Cookie=cookie).status == 200
    assert page.request("GET", "/api/v1/hello", Cookie=cookie).status == 401


def test_a_page_that_watches_is_cut_off_when_its_user_logs_out(serve, users):
    _, page = serve("--web-login", str(users))
    body = json.dumps({"user": "ann", "password": "correct horse"})
    answer = page.request("POST", "/api/v1/login", body, **{"Content-Type": "application/json"})
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    live = Live(page, Cookie=cookie)
    live.wait_for(lambda f: f["kind"] == "stats")
    assert page.request("POST", "/api/v1/logout", Cookie=cookie).status == 200
    with pytest.raises(ConnectionError):
        live.wait_for(lambda f: False)
    live.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of localhost, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    names = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-out", names[0], "-keyout", names[1]],
                   check=True, capture_output=True)
    return names


def test_https_serves_pages_and_their_websockets(serve, certificate, users):
    process, page = serve("--tls-cert", str(certificate[0]), "--tls-key", str(certificate[1]),
                          "--web-login", str(users))
    assert "Starting web interface at https://127.0.0.1:" in process.said
    page.tls = ssl.create_default_context(cafile=certificate[0])
    body = json.dumps({"user": "ann", "password": "correct horse"})
    answer = page.request("POST", "/api/v1/login", body, **{"Content-Type": "application/json"})
    assert answer.status == 200 and "Secure" in answer.getheader("Set-Cookie")
    cookie = {"Cookie": answer.getheader("Set-Cookie").split(";")[0]}
    assert page.post("/api/v1/start", {"users": 2, "hatch_rate": 100}, **cookie)[0] == 200
    live = Live(page, **cookie, Origin=f"https://127.0.0.1:{page.port}")
    assert live.status == 101
    live.wait_for(lambda f: f["kind"] == "stats" and f["total"]["requests"] > 0)
    live.close()
    page.tls = None
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        page.request("GET", "/")


def test_a_bad_certificate_is_one_line(tmp_path, target, certificate):
    (tmp_path / "none.pem").write_text("nonsense")
    done = run_swarm("-f", SCENARIO, "-H", target.url, "--web-port", "0", "--tls-cert",
                     str(tmp_path / "none.pem"), "--tls-key", str(certificate[1]))
    assert done.returncode == 1 and "--tls-cert" in done.stderr and "Traceback" not in done.stderr


def test_guessing_is_slowed_down(serve, users):
    _, page = serve("--web-login", str(users))
    statuses = [page.post("/api/v1/login", {"user": user, "password": "wrong"})[0]
                for user in ("ann", "bob", "ann", "ann", "ann", "ann")]
    assert statuses == [401] * 5 + [429]
    assert page.post("/api/v1/login", {"user": "ann", "password": "correct horse"})[0] == 429


def test_a_bad_file_of_users_is_one_line(tmp_path, target):
    done = run_swarm("-f", SCENARIO, "-H", target.url, "--web-port", "0", "--web-login",
                     str(tmp_path / "none"))
    assert done.returncode == 1 and "argument --web-login: cannot read" in done.stderr


