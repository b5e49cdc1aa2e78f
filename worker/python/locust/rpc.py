"""Messages of one's own between nodes."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

# How Locust's processes send what MessagePack has no word for.
TIME_FORMAT = "%Y%m%dT%H:%M:%S.%f"


class Message:
    def __init__(self, message_type: str, data: Any, node_id: str | None) -> None:
        self.type = message_type
        self.data = data
        self.node_id = node_id

    def __repr__(self) -> str:
        return f"<Message {self.type}:{self.node_id}>"


def encode(value: Any) -> Any:
    """What travels in place of `value`; the same object if it cannot travel."""
    if isinstance(value, datetime):
        return {"__datetime__": True, "as_str": value.strftime(TIME_FORMAT)}
    bson = sys.modules.get("bson")
    if bson is not None and isinstance(value, bson.ObjectId):
        return {"__ObjectId__": True, "as_str": str(value)}
    return value


def decode(value: dict[Any, Any]) -> Any:
    """What was encoded, if `value` stands for something."""
    try:
        if "__datetime__" in value:
            return datetime.strptime(value["as_str"], TIME_FORMAT)
        if "__ObjectId__" in value:
            from bson import ObjectId

            return ObjectId(value["as_str"])
    except Exception:
        pass  # somebody else's dict with such a key
    return value
