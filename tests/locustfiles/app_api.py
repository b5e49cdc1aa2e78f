"""The part of the application that programs use: tokens that run out, and orders."""

import base64
import gzip
import json

from app import App, as_json, form, query, route
from server import Request, Response

USES_OF_A_TOKEN = 3


@route("POST", "/oauth/token")
def give_token(app: App, request: Request) -> Response:
    client = base64.b64encode(b"mobile-app:s3cret").decode()
    if request.header("authorization") != f"Basic {client}":
        return as_json({"error": "invalid_client"}, 401)
    fields = form(request)
    if fields.get("grant_type") == "password":
        name = fields.get("username")
    else:
        name = app.refresh_tokens.pop(fields.get("refresh_token", ""), None)
    if not name:
        return as_json({"error": "invalid_grant"}, 400)
    request.notes["actor"] = name
    token, refresh = app.issued.new(name, "token"), app.issued.new(name, "refresh")
    app.tokens[token] = {"user": name, "uses": 0}
    app.refresh_tokens[refresh] = name
    return as_json({"access_token": token, "refresh_token": refresh, "token_type": "bearer"})


def refused(app: App, request: Request) -> Response | None:
    token = app.tokens.get((request.header("authorization") or "").removeprefix("Bearer "))
    if not token:
        return as_json({"error": "unauthorized"}, 401)
    token["uses"] += 1
    return as_json({"error": "token_expired"}, 401) if token["uses"] > USES_OF_A_TOKEN else None


@route("GET", "/api/profile")
def profile(app: App, request: Request) -> Response:
    return refused(app, request) or as_json({"user": request.notes["actor"]})


@route("GET", "/api/items/{number}")
def item(app: App, request: Request, number: str) -> Response:
    return refused(app, request) or as_json({"item": number})


def order_json(app: App, request: Request, order: dict, status: int = 200) -> Response:
    shown = {key: order[key] for key in ("id", "status", "lines", "note")}
    shown["total"] = round(sum(line["price"] * line["quantity"] for line in order["lines"]), 2)
    response = as_json(shown, status, ("ETag", f'"{order["version"]}"'))
    if "gzip" in (request.header("accept-encoding") or ""):
        response.body = gzip.compress(response.body)
        response.headers.append(("Content-Encoding", "gzip"))
    return response


def own_order(app: App, request: Request, number: str) -> dict | None:
    order = app.orders.get(number)
    return order if order and order["actor"] == request.notes["actor"] else None


@route("POST", "/api/orders")
def create_order(app: App, request: Request) -> Response:
    if not (request.header("content-type") or "").startswith("application/json"):
        return as_json({"error": "send JSON"}, 400)
    wanted = json.loads(request.body)
    number = app.issued.new(request.notes["actor"], "order", number=True)
    order = {"id": int(number), "status": "open", "lines": wanted["lines"], "note": wanted.get("note"),
             "version": app.issued.new(request.notes["actor"], "version"), "actor": request.notes["actor"]}
    app.orders[number] = order
    response = order_json(app, request, order, 201)
    response.headers.append(("Location", f"/api/orders/{number}"))
    return response


@route("GET", "/api/orders")
def list_orders(app: App, request: Request) -> Response:
    mine = [order["id"] for order in app.orders.values() if order["actor"] == request.notes["actor"]]
    return as_json({"orders": mine[:int(query(request).get("limit", "10"))], "count": len(mine)})


@route("GET", "/api/orders/{number}")
def show_order(app: App, request: Request, number: str) -> Response:
    order = own_order(app, request, number)
    return order_json(app, request, order) if order else as_json({"error": "unknown order"}, 404)


@route("PUT", "/api/orders/{number}")
def change_order(app: App, request: Request, number: str) -> Response:
    order = own_order(app, request, number)
    if not order:
        return as_json({"error": "unknown order"}, 404)
    if request.header("if-match") != f'"{order["version"]}"':
        return as_json({"error": "it has changed"}, 412)
    order["lines"] = json.loads(request.body)["lines"]
    order["version"] = app.issued.new(request.notes["actor"], "version")
    return order_json(app, request, order)


@route("PATCH", "/api/orders/{number}")
def patch_order(app: App, request: Request, number: str) -> Response:
    order = own_order(app, request, number)
    if not order:
        return as_json({"error": "unknown order"}, 404)
    order["status"] = json.loads(request.body)["status"]
    return order_json(app, request, order)


@route("DELETE", "/api/orders/{number}")
def delete_order(app: App, request: Request, number: str) -> Response:
    if not own_order(app, request, number):
        return as_json({"error": "unknown order"}, 404)
    del app.orders[number]
    return Response(204)
