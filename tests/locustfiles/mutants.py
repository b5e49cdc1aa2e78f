"""Locustfiles with one thing changed; a comparison that does not see it is no comparison."""

from dataclasses import dataclass

from cases import CASES, Case
from programs import HERE

BY_NAME = {case.name: case for case in CASES}


@dataclass(frozen=True)
class Mutant:
    case: Case
    old: str
    new: str

    def text(self) -> str:
        original = (HERE / self.case.file).read_text()
        if original.count(self.old) < 1:
            raise ValueError(f"{self.case.file} has no {self.old!r}")
        return original.replace(self.old, self.new, 1)

    def __str__(self) -> str:
        return f"{self.case.name}: {self.old!r} -> {self.new!r}"


MUTANTS = [Mutant(BY_NAME[name], old, new) for name, old, new in [
    ("shop_login", '"csrf_token": token}', '"csrf_token": "none"}'),
    ("shop_login", ', headers={"Referer": page.url}', ""),
    ("shop_login", "allow_redirects=False", "allow_redirects=True"),
    ("upload", '"application/pdf")}', '"text/plain")}'),
    ("upload", '"tags": ["tax", "2024"]', '"tags": ["2024", "tax"]'),
    ("token_refresh", '"X-Requested-With": None', '"X-Requested-With": "None"'),
    ("token_refresh", 'self.client.headers["Accept-Language"]', "self.client.language"),
    ("token_refresh", "cookies={", "data={"),
    ("tls_verify", "self.client.verify = False", "pass"),
    ("tls_verify", "insecure = False", "insecure = True"),
    ("orders_api", '{"If-Match": self.version}', '{"If-Match": "*"}'),
    ("orders_api", 'json={"status": "paid"}', 'data=\'{"status": "paid"}\''),
    ("forum", "@task(6)", "@task(2)"),
    ("forum", "tasks = {ThreadPage: 3, index: 2}", "tasks = {ThreadPage: 1, index: 6}"),
    ("forum", "self.interrupt(reschedule=False)", "pass"),
    ("checkout", "@task(2)", "@task"),
    ("checkout", "class Visit(SequentialTaskSet)", "class Visit(TaskSet)"),
    ("socket_store", 'name="drop"', 'name="dropped"'),
    ("socket_store", 'raise StoreError("not found")', "pass"),
    ("stepped_shape", '"users": 6', '"users": 5'),
    ("custom_events", 'print("test_stopping")', "pass"),
    ("custom_events", "process_exit_code = 3", "process_exit_code = 5"),
    ("failures", 'response.failure("we expected more")', "pass"),
    ("failures", "raise ResponseError", "raise ValueError"),
    ("failures", "return 1 / 0", "return 1 / 1"),
    ("failures_fast", "network_timeout = 0.3", "network_timeout = 3"),
    ("failures_on_start", "no seat left", "no place left"),
]]
