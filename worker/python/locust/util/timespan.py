"""Durations as people write them."""

from __future__ import annotations

import re

PARTS = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)


def parse_timespan(time_str: str) -> int:
    """Seconds of 20, 20s, 3m, 2h, 1h20m, 3h30m10s. ValueError for anything else."""
    if time_str and time_str.isdecimal():
        return int(time_str)
    match = PARTS.fullmatch(time_str) if time_str else None
    if match is None:
        raise ValueError(
            "Invalid time span format. Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
