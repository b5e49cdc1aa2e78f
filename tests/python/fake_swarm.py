"""A `_swarm` that remembers what it was told. Nothing in it waits longer than one turn of the hub,
so that tests take no time: a pause of ten seconds is over at once."""

import sys
from types import ModuleType

import gevent


class UserCore:
    """Users wait here. `pauses` has the seconds of every wait."""

    pauses = []
    during_pause = None  # called in each wait, with the user and the seconds

    def __new__(cls, *args, **kwargs):
        user = object.__new__(cls)
        user._swarm_id = 0
        return user

    def wait(self, seconds):
        UserCore.pauses.append(seconds)
        if UserCore.during_pause is not None:
            UserCore.during_pause(self, seconds)
        gevent.sleep(0)

    def _runs(self, task_set):
        pass


class Session:
    def __init__(self, base_url=None, user=None, **options):
        self.base_url, self.user, self.options = base_url, user, options


class Response:
    pass


class Engine:
    """What the functions of `_swarm` change."""

    def __init__(self):
        self.samples = []  # arguments of record()
        self.interrupted = []
        self.exceptions = []
        self.ended = []  # ids of users
        self.orders = []  # of run_control()
        self.lines = []  # of the log
        self.permits = None  # left of -n; None: no limit
        self.listener = None  # of requests
        self.totals = {"entries": [], "total": entry("Aggregated", ""), "errors": [],
                       "exceptions": [], "start_time": 0.0}
        self.counts = {}
        self.wanted = (0, 0.0)
        self.state = "ready"
        self.resets = 0
        self.stats_calls = 0
        self.messages = []  # of send_message()
        self.workers = []  # of a master
        self.worker_id = ""

    def obey(self, *order):
        self.orders.append(order)
        if order[0] == "start":
            self.wanted = order[1:3]

    def take_permit(self):
        if self.permits is None:
            return True
        self.permits -= 1
        return self.permits >= 0

    def stats(self):
        self.stats_calls += 1
        return self.totals

    def complete_request(self, **sample):
        """What the engine does when one of its own requests ends."""
        self.samples.append(sample)
        if self.listener is not None:
            self.listener(**sample)


def entry(name, method, response_times=None, failures=0, **more):
    """An entry of stats(); response_times: {ms: count}."""
    times = response_times or {}
    count = sum(times.values())
    ordered = sorted(ms for ms, n in times.items() for _ in range(n))
    return {
        "name": name, "method": method, "num_requests": count, "num_failures": failures,
        "total_response_time": float(sum(ms * n for ms, n in times.items())),
        "min_response_time": min(times, default=None), "max_response_time": max(times, default=0),
        "total_content_length": 10 * count, "start_time": 100.0,
        "last_request_timestamp": 110.0 if count else None, "current_rps": 1.5,
        "current_fail_per_sec": 0.5, "response_times": times,
        "percentiles": lambda share: ordered[min(int(count * share), count - 1)], **more}


def install():
    """Puts the fake where `import _swarm` finds it; returns what resets it."""
    module = ModuleType("_swarm")
    gevent_loop = sys.modules["_swarm_gevent"] = ModuleType("_swarm_gevent")
    gevent_loop.install = lambda: None  # gevent keeps its own loop
    module.UserCore, module.Session, module.Response = UserCore, Session, Response
    module.engine = Engine()

    def reset():
        listener = module.engine.listener
        module.engine = Engine()
        module.engine.listener = listener
        UserCore.pauses.clear()
        UserCore.during_pause = None
        return module.engine

    module.main = lambda arguments: 0
    module.sleep = gevent.sleep
    module.take_permit = lambda: module.engine.take_permit()
    module.record = lambda *sample: module.engine.samples.append(sample)
    module.record_interrupted = lambda *request: module.engine.interrupted.append(request)
    module.record_exception = lambda *exception: module.engine.exceptions.append(exception)
    module.set_request_listener = lambda notify: setattr(module.engine, "listener", notify)
    module.stats = lambda: module.engine.stats()
    module.reset_stats = lambda: setattr(module.engine, "resets", module.engine.resets + 1)
    module.run_control = lambda *order: module.engine.obey(*order)
    module.state = lambda: module.engine.state
    module.user_counts = lambda: module.engine.counts
    module.wanted = lambda: module.engine.wanted
    module.send_message = lambda *message: module.engine.messages.append(message)
    module.workers = lambda: module.engine.workers
    module.worker_id = lambda: module.engine.worker_id
    module.task_is_over = lambda: None
    module.user_ended = lambda user_id: module.engine.ended.append(user_id)
    module.log = lambda *line: module.engine.lines.append(line)
    sys.modules["_swarm"] = module
    return reset
