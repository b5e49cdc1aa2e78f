from __future__ import annotations

from datetime import datetime, timezone

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def format_utc_timestamp(unix_timestamp: float) -> str:
    at = datetime.fromtimestamp(int(unix_timestamp), timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def format_safe_timestamp(unix_timestamp: float) -> str:
    """For names of files."""
    return datetime.fromtimestamp(int(unix_timestamp)).strftime("%Y-%m-%d-%Hh%M")


def format_duration(start_time: float, end_time: float) -> str:
    """1 hour, 2 minutes and 3 seconds"""
    rest_s = int(end_time) - int(start_time)
    parts = []
    for unit, unit_s in UNITS:
        number, rest_s = divmod(rest_s, unit_s)
        if number:
            parts.append(f"{number} {unit}{'' if number == 1 else 's'}")
    if not parts:
        return "0 seconds"
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
