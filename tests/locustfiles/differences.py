"""How two runs of a case differ."""

import difflib
import math
from collections import Counter

from cases import Case
from outcome import Outcome

CHANCE = 5.0  # standard deviations; beyond them is one in a million


def differences(case: Case, expected: Outcome, found: Outcome) -> list[str]:
    """In words, `-` what was expected and `+` what was found; empty if they are the same."""
    one, other = expected.report, found.report
    counted = [("errors", one.errors, other.errors), ("exceptions", one.exceptions, other.exceptions)]
    if case.order == "users":
        lines = compare_sequences(expected.target.sequences, found.target.sequences)
        if case.connections and expected.target.connections != found.target.connections:
            lines.append(f"connections: -{expected.target.connections} +{found.target.connections}")
        counted.append(("entries", flat(one.entries), flat(other.entries)))
    elif case.order == "counts":
        lines = []
        counted += [("requests", expected.target.counts, found.target.counts),
                    ("entries", flat(one.entries), flat(other.entries))]
    else:
        lines = compare_shares(expected.target.steps, found.target.steps) + complete(case, found)
        counted = [(what, present(a), present(b)) for what, a, b in
                   [*counted, ("requests", expected.target.counts, found.target.counts),
                    ("entries", flat(one.entries), flat(other.entries))]]
    for what, a, b in counted:
        lines += compare_counts(what, case, a, b)
    if one.printed != other.printed:
        lines += unified("printed", one.printed, other.printed)
    if one.code != other.code:
        lines.append(f"exit code: -{one.code} +{other.code}")
    return lines


def unexpected(case: Case, found: list[str]) -> list[str]:
    """What is left of differences when those that are meant are taken away; and those that are
    meant but were not found."""
    meant = [line for line, _ in case.meant]
    return [line for line in found if line not in meant] + [
        f"no longer differs: {line}" for line in meant if line not in found]


def flat(entries: dict[str, list[int]]) -> dict[str, int]:
    return {f"{name}, {what}": count for name, (requests, failures) in entries.items()
            for what, count in (("requests", requests), ("failures", failures)) if count}


def present(counts: dict) -> dict:
    return dict.fromkeys(counts, 1)


def compare_counts(what: str, case: Case, one: dict[str, int], other: dict[str, int]) -> list[str]:
    lines = []
    for key in sorted(set(one) | set(other)):
        a, b = one.get(key, 0), other.get(key, 0)
        if a and b and case.any_number and key.startswith(case.any_number):
            continue
        if a != b:
            lines.append(f"{what}: -{a} +{b}  {key}")
    return lines


def compare_shares(one: Counter, other: Counter) -> list[str]:
    """How often each request follows upon another. A user forgets what it sent before: each step is
    an independent choice, so two runs differ by what chance would explain, each step by itself and
    all of them together."""
    lines = []
    squares, freedom = 0.0, 0
    for before in sorted({before for before, _ in [*one, *other]}):
        rows = [{after: times for (start, after), times in steps.items() if start == before}
                for steps in (one, other)]
        totals = [sum(row.values()) for row in rows]
        if not all(totals):
            continue  # a request that only one has: told elsewhere
        for after in sorted(set(rows[0]) | set(rows[1])):
            a, b = rows[0].get(after, 0), rows[1].get(after, 0)
            if by_more_than_chance(a, totals[0], b, totals[1]):
                lines.append(f"share: -{a / totals[0]:.3f} +{b / totals[1]:.3f}  "
                             f"{after.split(' |')[0]} after {before}")
        more_squares, more_freedom = chi_squared(*rows)
        squares, freedom = squares + more_squares, freedom + more_freedom
    if freedom and deviations(squares, freedom) > CHANCE:
        lines.append(f"shares: chi squared {squares:.0f} with {freedom} degrees of freedom")
    return lines


def by_more_than_chance(a: int, all_a: int, b: int, all_b: int) -> bool:
    share = (a + b) / (all_a + all_b)
    deviation = math.sqrt(share * (1 - share) * (1 / all_a + 1 / all_b))
    return abs(a / all_a - b / all_b) > CHANCE * deviation


def chi_squared(one: dict[str, int], other: dict[str, int]) -> tuple[float, int]:
    """That of two rows of counts, and its degrees of freedom; what is rare is taken together."""
    total, total_one = sum(one.values()) + sum(other.values()), sum(one.values())
    least = min(total_one, total - total_one) / total
    cells, rare = [], [0, 0]
    for key in set(one) | set(other):
        a, b = one.get(key, 0), other.get(key, 0)
        if (a + b) * least >= 5:
            cells.append((a, b))
        else:
            rare = [rare[0] + a, rare[1] + b]
    if sum(rare) * least >= 5:
        cells.append(tuple(rare))
    squares = 0.0
    for a, b in cells:
        expected = (a + b) * total_one / total
        squares += (a - expected) ** 2 * (1 / expected + 1 / (a + b - expected))
    return squares, max(len(cells) - 1, 0)


def deviations(squares: float, freedom: int) -> float:
    """How far chi squared lies above what chance makes it, in standard deviations (after Wilson and
    Hilferty)."""
    spread = 2 / (9 * freedom)
    return ((squares / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)


def complete(case: Case, found: Outcome) -> list[str]:
    """All that arrived is in the report, but for what was under way when the run ended."""
    sent, reported = sum(found.target.counts.values()), sum(n for n, _ in found.report.entries.values())
    if 0 <= sent - reported <= case.users:
        return []
    return [f"the target got {sent} requests, {reported} are reported"]


def compare_sequences(one: Counter, other: Counter) -> list[str]:
    """Pairs the users that differ with those who are the most alike, and shows how they differ."""
    lines = []
    missing, extra = sorted((one - other).elements()), sorted((other - one).elements())
    while missing or extra:
        a = missing.pop(0) if missing else ()
        b = max(extra, key=lambda sent: len(set(sent) & set(a)), default=())
        if extra:
            extra.remove(b)
        lines += unified("a user's requests", a, b)
    return lines


def unified(what: str, one, other) -> list[str]:
    return [f"{what}: {line}" for line in difflib.unified_diff(one, other, n=0, lineterm="")
            if not line.startswith(("---", "+++", "@@"))]
