from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def proper_round(val: float, digits: int = 0) -> float:
    """Halves are rounded up, not to the even digit."""
    return float(Decimal(str(val)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
