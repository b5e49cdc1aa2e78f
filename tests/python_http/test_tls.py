"""Certificates: who is believed, and what is said of those who are not."""

import socket
import ssl

import gevent
import pytest
from conftest import FastHttpSession, HttpSession

UNTRUSTED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"


@pytest.fixture
def client(tls_target, hook):
    return HttpSession(tls_target.url, hook, None)


def test_a_certificate_is_verified(client, reported):
    import requests

    response = client.get("/success")
    assert response.status_code == 0
    assert isinstance(response.error, requests.exceptions.SSLError)
    assert repr(reported[0]["exception"]) == f"SSLError(SSLCertVerificationError(1, '{UNTRUSTED}'))"


def test_unless_the_request_or_the_session_says_otherwise(client):
    assert client.get("/success", verify=False).status_code == 200
    assert client.get("/success").status_code == 0
    client.verify = False
    assert client.get("/success").status_code == 200
    assert client.get("/success", verify=True).status_code == 0
    assert client.verify is False


def test_a_ca_file_vouches(client, tls_target, tmp_path):
    pem = ssl.get_server_certificate((tls_target.host, tls_target.port))
    (tmp_path / "ca.pem").write_text(pem)
    assert client.get("/success", verify=str(tmp_path / "ca.pem")).status_code == 200
    client.verify = str(tmp_path / "ca.pem")
    assert client.get("/success").status_code == 200
    with pytest.raises(OSError, match="invalid path: nowhere.pem"):
        client.get("/success", verify="nowhere.pem")


def test_the_fast_client_believes_everybody(tls_target, hook, reported):
    assert FastHttpSession(tls_target.url, hook, None).get("/success").status_code == 200
    strict = FastHttpSession(tls_target.url, hook, None, insecure=False)
    response = strict.get("/success")
    assert response.status_code == 0 and isinstance(response.error, ssl.SSLError)
    assert repr(reported[1]["exception"]) == f"SSLCertVerificationError(1, '{UNTRUSTED}')"


def test_a_server_that_speaks_no_tls(hook, reported):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    serving = gevent.spawn(serve)
    HttpSession("https://127.0.0.1:%d" % listener.getsockname()[1], hook, None).get("/a", timeout=5)
    serving.get()
    listener.close()
    assert repr(reported[0]["exception"]) == (
        "SSLError(SSLError(1, '[SSL: WRONG_VERSION_NUMBER] wrong version number'))")
