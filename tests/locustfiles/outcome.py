"""One run of a case, from the certificate to what arrived and what was said; and how it is kept."""

import re
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import app_api  # noqa: F401  (its routes)
from app import App, answer_line
from cases import Case
from observed import FIRST, Observed, observe
from programs import HERE, Program, Report, run
from server import Lines, Server


@dataclass
class Outcome:
    """One run of a case: what arrived, and what the program said."""

    target: Observed
    report: Report


def make_certificate(folder: Path) -> tuple[str, str]:
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    return certificate, key


def run_case(case: Case, program: Program, file: Path | None = None) -> Outcome:
    """Runs a case against a target of its own; `file` replaces the case's own."""
    with tempfile.TemporaryDirectory() as name:
        folder, app, settings = Path(name), App(), dict(case.settings)
        tls = make_certificate(folder) if case.target == "https" else None
        if tls:
            settings["STAGING_CA"] = tls[0]
        server = Server(answer_line, kind=Lines) if case.target == "tcp" else Server(app.respond, tls)
        with server:
            report = run(program, file or HERE / case.file, server.url, case.words(), folder, settings)
        target = observe(server.log, app.issued, server.host, case.users == 1)
        report.errors = plain_counts(report.errors, server.host)
        report.exceptions = plain_counts(report.exceptions, server.host)
        report.printed = [plain(line, server.host) for line in report.printed]
        return Outcome(target, report)


def plain_counts(counts: dict[str, int], host: str) -> Counter:
    summed: Counter = Counter()
    for text, count in counts.items():
        summed[plain(text, host)] += count
    return summed


def plain(text: str, host: str) -> str:
    """Without ports, addresses in memory, and places in the source of Python."""
    text = text.replace(host, "{host}").replace(host.partition(":")[2], "{port}")
    text = re.sub(r" \(_ssl\.c:\d+\)", "", text)
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", text)


def as_json(case: Case, outcome: Outcome) -> dict:
    """What is kept in a file of expectations: each different request once, then by its number."""
    target, report = outcome.target, outcome.report
    texts = [FIRST, *sorted(target.counts)]
    number = {text: n for n, text in enumerate(texts)}
    kept = {"requests": texts, "counts": [target.counts[text] for text in texts]}
    if case.order == "users":
        kept["sequences"] = [{"users": times, "send": [number[text] for text in sent]}
                             for sent, times in sorted(target.sequences.items())]
        kept["connections"] = target.connections
    elif case.order == "shares":
        kept["steps"] = [[number[a], number[b], times] for (a, b), times in sorted(target.steps.items())]
    return kept | {"exit_code": report.code, "entries": dict(sorted(report.entries.items())),
                   "errors": dict(sorted(report.errors.items())),
                   "exceptions": dict(sorted(report.exceptions.items())), "printed": report.printed}


def from_json(kept: dict) -> Outcome:
    texts = kept["requests"]
    counts = Counter({text: count for text, count in zip(texts, kept["counts"], strict=True) if count})
    sequences = Counter({tuple(texts[n] for n in user["send"]): user["users"]
                         for user in kept.get("sequences", [])})
    steps = Counter({(texts[a], texts[b]): times for a, b, times in kept.get("steps", [])})
    target = Observed(sequences, counts, steps, kept.get("connections", 0))
    return Outcome(target, Report(kept["exit_code"], kept["entries"], Counter(kept["errors"]),
                                  Counter(kept["exceptions"]), kept["printed"]))
