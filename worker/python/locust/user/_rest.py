"""Requests to JSON interfaces."""

from __future__ import annotations

import re
import time
import traceback
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Iterator

SHOWN = 200  # characters of an answer in a failure
SHOWN_UNPARSED = 250


class RestMixin:
    """What users with an HTTP client have besides."""

    client: Any

    def rest(self, method: str, url: str, headers: dict[str, str] | None = None,
             **kwargs: Any) -> AbstractContextManager[Any]:
        """A request whose answer is JSON: `js` of the response. Whatever goes wrong in the block
        makes the request a failed one.

            with self.rest("GET", "/cart") as resp:
                assert resp.js["items"], "empty cart,"
        """
        return rest(self.client, method, url, headers, kwargs)

    def rest_(self, method: str, url: str, name: str | None = None,
              **kwargs: Any) -> AbstractContextManager[Any]:
        """The same past caches: with the time as a parameter of the URL, but not of the name."""
        separator = "&" if "?" in url else "?"
        name = f"{url}{separator}_=..." if name is None else name
        now_ms = int(time.time() * 1000)
        return self.rest(method, f"{url}{separator}_={now_ms}", name=name, **kwargs)


@contextmanager
def rest(client: Any, method: str, url: str, headers: dict[str, str] | None,
         kwargs: dict[str, Any]) -> Iterator[Any]:
    headers = dict(headers or {})
    given = {name.lower() for name in headers}
    for name in ("Content-Type", "Accept"):
        if name.lower() not in given:
            headers[name] = "application/json"

    with client.request(method, url, catch_response=True, headers=headers, **kwargs) as response:
        response.js = parsed(response)
        try:
            yield response
        except AssertionError as error:
            text = str(error.args[0]) if error.args else "Assertion failed"
            if text.endswith(","):
                text = f"{text[:-1]}, response was {beginning(response)}"
            response.failure(text)
        except Exception as error:
            response.failure(f"{type(error).__name__}: {error} at {places(error)}. "
                             f"Response was {beginning(response)}")


def parsed(response: Any) -> Any:
    if response.content is None:
        response.failure(str(response.error))
        return None
    if not response.text:
        return None
    try:
        return response.json()
    except ValueError as error:
        response.failure(f"Could not parse response as JSON. {response.text[:SHOWN_UNPARSED]}, "
                         f"response code {response.status_code}, error {error}")
        return None


def beginning(response: Any) -> str | None:
    return response.text[:SHOWN] if response.text else response.text


def places(error: Exception) -> str:
    """Where an exception came from, outermost first, without this file."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    return ", ".join(f"{anonymous(f.filename)}:{f.lineno} in {f.name}" for f in frames)


def anonymous(path: str) -> str:
    """The home folder of whoever runs it is nobody's business, and would split one error in many."""
    return re.sub(r"^/(home|Users)/[^/]*/", "~/", path)
