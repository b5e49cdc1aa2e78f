"""Bodies of forms with files, as requests writes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

# What HTML 5 escapes in the parameters of a part's head.
ESCAPED = {"\n": "%0A", "\r": "%0D", '"': "%22"}


def pairs(given: Any) -> list[tuple[Any, Any]]:
    return list(given.items()) if isinstance(given, Mapping) else list(given or ())


def file_name_of(file: Any) -> str | None:
    name = getattr(file, "name", None)
    if isinstance(name, bytes):
        name = name.decode()
    if isinstance(name, str) and name and not (name[0] == "<" or name[-1] == ">"):
        return os.path.basename(name)
    return None


def content_of(source: Any) -> bytes:
    if hasattr(source, "read"):
        source = source.read()
    return source.encode() if isinstance(source, str) else bytes(source)


def parameter(name: str, value: Any) -> str:
    text = value.decode() if isinstance(value, bytes) else str(value)
    return f'{name}="{"".join(ESCAPED.get(c, c) for c in text)}"'


def part(name: Any, content: bytes, file_name: Any = None, content_type: str | None = None,
         headers: Mapping[str, str] | None = None) -> bytes:
    disposition = f"form-data; {parameter('name', name)}"
    if file_name is not None:
        disposition += f"; {parameter('filename', file_name)}"
    head = {"Content-Disposition": disposition}
    if content_type:
        head["Content-Type"] = content_type
    for field, value in (headers or {}).items():
        head.setdefault(field, value)
    lines = "".join(f"{field}: {value}\r\n" for field, value in head.items())
    return lines.encode() + b"\r\n" + content + b"\r\n"


def form_parts(data: Any) -> Iterable[bytes]:
    for name, value in pairs(data):
        single = isinstance(value, (str, bytes)) or not hasattr(value, "__iter__")
        for each in [value] if single else value:
            if each is not None:
                yield part(name, each if isinstance(each, bytes) else str(each).encode())


def file_parts(files: Any) -> Iterable[bytes]:
    for name, given in pairs(files):
        content_type = headers = None
        if isinstance(given, (tuple, list)):
            file_name, source, *rest = given
            content_type, headers = (*rest, None, None)[:2]
        else:
            file_name, source = file_name_of(given) or name, given
        if source is not None:
            yield part(name, content_of(source), file_name, content_type, headers)


def encode(data: Any, files: Any) -> tuple[bytes, str]:
    """The body and its Content-Type."""
    boundary = os.urandom(16).hex()
    separator = f"--{boundary}\r\n".encode()
    body = b"".join(separator + each for each in (*form_parts(data), *file_parts(files)))
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
