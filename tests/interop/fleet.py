"""A fleet of real processes, of swarm and of Locust, on loopback: starts them, tells the master what
to do, reads what all of them tell."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from programs import SHOWN, Program

HERE = Path(__file__).resolve().parent
LIMIT_S = 60  # for whatever should take seconds, on a busy machine


class Member:
    """A process, and the news that it tells."""

    def __init__(self, name: str, program: Program, words: list[str], folder: Path,
                 settings: dict[str, str]):
        folder.mkdir()
        self.name = name
        self.text: list[str] = []
        self.news: list[dict] = []
        self.errors = folder / "stderr"
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("LOCUST_", "SWARM_"))}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "*", "HOME": str(folder),
                        "TMPDIR": str(folder), **settings}
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen([*program.command, *words], cwd=folder, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=errors, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        for line in self.process.stdout:
            if line.startswith("NEWS "):
                self.news.append(json.loads(line[5:]))
            else:
                self.text.append(line)

    def told(self, key: str) -> list:
        return [news[key] for news in list(self.news) if key in news]

    def newest(self, key: str, otherwise=None):
        return (self.told(key) or [otherwise])[-1]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Its exit code; ends it if it does not end by itself."""
        try:
            return self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end\n{self.said()}") from None
        finally:
            self.reader.join()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()

    def said(self) -> str:
        return (f"--- {self.name} ({self.process.poll()}): {self.news[-3:]}\n"
                f"{''.join(self.text)[-SHOWN:]}\n{self.errors.read_text()[-SHOWN:]}")


class Fleet:
    """A master, its workers and their target, which ends with the fleet."""

    def __init__(self, folder: Path, target, locustfile: str = "conducted.py"):
        self.folder = folder
        self.target = target
        self.locustfile = str(HERE / "locustfiles" / locustfile)
        self.commands = folder / "commands"
        self.commands.write_text("")
        self.members: list[Member] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for member in self.members:
            member.kill()
        self.target.stop()

    def start(self, name: str, program: Program, words: list[str], **settings: str) -> Member:
        name = f"{len(self.members)}-{name} {program.name}"
        words = ["-f", self.locustfile, *words]
        self.members.append(Member(name, program, words, self.folder / name.replace(" ", "-"), settings))
        return self.members[-1]

    def start_stranger(self, program: Program, words: list[str], **settings: str) -> Member:
        """A worker with a scenario and options of its own."""
        folder = self.folder / f"{len(self.members)}-{program.name}"
        self.members.append(Member(folder.name, program, words, folder, settings))
        return self.members[-1]

    def start_master(self, program: Program, workers: int, *words: str) -> None:
        self.master = self.start("master", program, [
            "--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", self.port,
            "--headless", "--expect-workers", str(workers), "--host", self.target.url,
            "--stop-timeout", "5", "--exit-code-on-error", "0", "--only-summary",
            "--greeting", "hello", *words], CONDUCT=str(self.commands))

    def start_worker(self, program: Program, *words: str) -> Member:
        return self.start("worker", program, [
            "--worker", "--master-host", "127.0.0.1", "--master-port", self.port, *words])

    @property
    def workers(self) -> list[Member]:
        return self.members[1:]

    def tell(self, command: str) -> None:
        with self.commands.open("a") as file:
            file.write(command + "\n")

    def until(self, what: str, happened, limit: float = LIMIT_S) -> None:
        end = time.monotonic() + limit
        while not happened():
            if time.monotonic() > end or self.master.process.poll() is not None:
                said = "\n".join(member.said() for member in self.members)
                raise AssertionError(f"it did not happen: {what}\n{said}")
            time.sleep(0.05)

    def seen(self) -> dict:
        """The workers as the master sees them: [state, users] by id."""
        return self.master.newest("fleet", {})

    def users(self) -> int:
        return sum(users for _, users in self.seen().values())

    def until_users(self, users: int) -> None:
        self.until(f"{users} users", lambda: self.users() == users)

    def until_more_requests(self, more: int) -> None:
        before = self.target.requests()
        self.until(f"{more} requests more", lambda: self.target.requests() >= before + more)

    def until_runs_ended(self, runs: int, limit: float = LIMIT_S) -> None:
        self.until(f"the end of run {runs}", lambda: len(self.master.told("totals")) == runs, limit)

    def counted(self) -> list[dict]:
        """What each worker counted itself, as it last told."""
        return [worker.newest("counted", {}) for worker in self.workers]
