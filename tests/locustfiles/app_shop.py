"""The part of the application that browsers use: log-in, pages, a check-out in steps, files."""

import hashlib
from email.parser import BytesParser
from email.policy import HTTP

from app import App, as_json, cookies, form, html, query, redirect, route
from server import Request, Response


@route("GET", "/login")
def login_page(app: App, request: Request) -> Response:
    csrf = app.issued.new(request.notes["actor"], "csrf")
    return html(f'<form method="post"><input type="hidden" name="csrf_token" value="{csrf}">'
                '<input name="username"><input name="password"></form>', 200,
                ("Set-Cookie", f"csrftoken={csrf}; Path=/"),
                ("Set-Cookie", "theme=dark; Path=/account"))


@route("POST", "/login")
def login(app: App, request: Request) -> Response:
    fields = form(request)
    csrf = cookies(request).get("csrftoken")
    if not csrf or csrf != fields.get("csrf_token"):
        return html("the form has expired", 403)
    name = fields.get("username", "")
    if fields.get("password") != name[::-1]:
        return html("user name or password is wrong", 401)
    session = app.issued.new(name, "session")
    app.sessions[session] = name
    request.notes["actor"] = name
    return redirect("/account",
                    ("Set-Cookie", f"sessionid={session}; HttpOnly; Path=/"),
                    ("Set-Cookie", "beta=1; Max-Age=0; Path=/"),
                    ("Set-Cookie", "secured=1; Secure; Path=/"))


def user_of(app: App, request: Request) -> str | None:
    return app.sessions.get(cookies(request).get("sessionid", ""))


@route("GET", "/account(?:/orders)?")
def account(app: App, request: Request) -> Response:
    name = user_of(app, request)
    if not name:
        return redirect("/login")
    return html(f"<h1>Hello {name}</h1> page {query(request).get('page', '1')}")


@route("POST", "/account/notes")
def add_note(app: App, request: Request) -> Response:
    csrf = cookies(request).get("csrftoken")
    if not user_of(app, request) or not csrf or request.header("x-csrftoken") != csrf:
        return html("forbidden", 403)
    return redirect("/account", status=303)


@route("POST", "/logout")
def logout(app: App, request: Request) -> Response:
    app.sessions.pop(cookies(request).get("sessionid", ""), None)
    gone = "Thu, 01 Jan 1970 00:00:00 GMT"
    return redirect("/login", ("Set-Cookie", f"sessionid=; Expires={gone}; Path=/"), status=303)


STEPS = ["items", "address", "payment", "confirm"]


@route("POST", "/cart/items")
def add_item(app: App, request: Request) -> Response:
    cart = cookies(request).get("cart", "")
    headers = []
    if cart not in app.carts:
        cart = app.issued.new(request.notes["actor"], "cart")
        app.carts[cart] = {"items": 0, "done": 0}
        headers = [("Set-Cookie", f"cart={cart}; Path=/")]
    app.carts[cart]["items"] += 1
    return as_json({"items": app.carts[cart]["items"]}, 201, *headers)


@route("GET", "/cart")
def show_cart(app: App, request: Request) -> Response:
    cart = app.carts.get(cookies(request).get("cart", ""))
    return as_json(cart) if cart else as_json({"error": "no cart"}, 404)


@route("POST", "/checkout/{step}")
def checkout(app: App, request: Request, step: str) -> Response:
    """Steps in their order only; a confirmed cart is used up."""
    cart = app.carts.get(cookies(request).get("cart", ""))
    if not cart or step not in STEPS[1:] or STEPS.index(step) != cart["done"] + 1:
        return as_json({"error": "not now"}, 409)
    cart["done"] += 1
    if step != "confirm":
        return as_json({"done": STEPS[1:cart["done"] + 1]})
    del app.carts[cookies(request)["cart"]]
    return as_json({"reference": app.issued.new(request.notes["actor"], "reference")}, 201,
                   ("Set-Cookie", "cart=; Max-Age=0; Path=/"))


def parts_of(request: Request) -> list[dict] | None:
    """The parts of a multipart body, or None if it is none."""
    kind = request.header("content-type") or ""
    if not kind.startswith("multipart/form-data"):
        return None
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    return [{"headers": sorted((name.lower(), str(value)) for name, value in part.items()),
             "content": describe_bytes(part.get_payload(decode=True))} for part in message.iter_parts()]


def describe_bytes(content: bytes) -> str:
    """The text itself if it is short, else what tells it from others."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and len(text) <= 200:
        return text
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()[:16]}"


@route("POST", "/upload")
def upload(app: App, request: Request) -> Response:
    parts = parts_of(request)
    if not parts:
        return as_json({"error": "not multipart"}, 400)
    return as_json({"parts": len(parts), "size": len(request.body)}, 201)


@route("PUT", "/files/{name}")
def put_file(app: App, request: Request, name: str) -> Response:
    return as_json({"size": len(request.body), "sha256": hashlib.sha256(request.body).hexdigest()}, 201)


@route("GET", "/files/{name}")
def get_file(app: App, request: Request, name: str) -> Response:
    content = bytes(n * 7 % 256 for n in range(256)) * (int(query(request).get("kb", "1")) * 4)
    return Response(200, content, [("Content-Type", "application/octet-stream"),
                                   ("X-Checksum", hashlib.sha256(content).hexdigest())])
