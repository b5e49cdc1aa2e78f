#!/usr/bin/env python3
"""Search test with options of its own, a quality gate for CI, and a look at every event."""

from collections import Counter

from locust import HttpUser, constant, events, run_single_user, task
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

seen: Counter = Counter()
contexts: Counter = Counter()


@events.init_command_line_parser.add_listener
def _(parser):
    group = parser.add_argument_group("Search test", "Options of the search test")
    group.add_argument("--tenant", type=str, env_var="SEARCH_TENANT", default="nobody", help="whose shop")
    group.add_argument("--max-price", type=int, default=100)
    parser.add_argument("--mode", choices=["quick", "deep"], default="quick", include_in_web_ui=False)
    parser.add_argument("--dry-run", action="store_true", help="search only")
    parser.add_argument("--words", nargs="*", default=["chair"])
    parser.add_argument("--max-fail-ratio", type=float, default=0.0)


@events.init.add_listener
def on_init(environment: Environment, runner, web_ui, **kwargs):
    kind = "local"
    if isinstance(runner, MasterRunner):
        kind = "master"
    elif isinstance(runner, WorkerRunner):
        kind = "worker"
    print("init:", kind, "runner, web ui", web_ui, "- host set:", environment.host is not None)
    print("users:", [u.__name__ for u in environment.user_classes])
    seen.clear()


@events.test_start.add_listener
def on_test_start(environment, **kwargs):
    o = environment.parsed_options
    print("test_start:", o.tenant, o.max_price, o.mode, o.dry_run, o.words)
    print("standard options:", o.num_users, o.spawn_rate, o.headless, o.run_time, sorted(o.tags or []))


@events.spawning_complete.add_listener
def on_spawning_complete(user_count, **kwargs):
    print("spawning_complete:", user_count)


@events.request.add_listener
def on_request(request_type, name, response_time, response_length, response, context, exception,
               start_time, url, **kwargs):
    seen[request_type, name, exception is None] += 1
    contexts[context["user"], context.get("word")] += 1
    assert response_time > 0 and start_time > 1e9 and not kwargs
    assert url.startswith("http://") and response_length == len(response.content), url
    if exception and response.status_code == 503:
        print("listener:", repr(exception))


@events.user_error.add_listener
def on_user_error(user_instance, exception, tb, **kwargs):
    print("user_error:", type(user_instance).__name__, repr(exception), tb.tb_frame is not None)


@events.test_stopping.add_listener
def on_test_stopping(environment, **kwargs):
    print("test_stopping")


@events.test_stop.add_listener
def on_test_stop(environment, **kwargs):
    print("test_stop")


@events.quitting.add_listener
def quality_gate(environment, **kwargs):
    """CI wants to know more than yes or no."""
    total = environment.stats.total
    search = environment.stats.get("search", "GET")
    print("quitting:", total.num_requests, total.num_failures, round(total.fail_ratio, 3))
    print("searches:", search.num_requests)
    if total.fail_ratio > environment.parsed_options.max_fail_ratio:
        environment.process_exit_code = 3
    elif total.avg_response_time > 20000 or total.get_response_time_percentile(0.95) > 20000:
        environment.process_exit_code = 4
    else:
        environment.process_exit_code = 0


@events.quitting.add_listener
def summary(environment, **kwargs):
    """Runs before the gate: listeners of quitting are called in reverse order."""
    for key, count in sorted(seen.items()):
        print("seen", count, "x", *key)
    for (user, word), count in sorted(contexts.items(), key=str):
        print("context", count, "x", user, word)
    print("errors:", sorted((e.method, e.name, e.occurrences) for e in environment.stats.errors.values()))


@events.quit.add_listener
def on_quit(exit_code, **kwargs):
    print("quit:", exit_code)


class Searcher(HttpUser):
    wait_time = constant(0)

    def context(self):
        return {"user": type(self).__name__}

    def on_start(self):
        self.options = self.environment.parsed_options
        self.client.headers["X-Tenant"] = self.options.tenant
        self.todo = list(self.options.words)

    @task
    def search(self):
        if not self.todo:
            self.client.get("/status/503", name="overload")
            self.environment.runner.quit()
            return
        word = self.todo.pop(0)
        self.client.get("/catalog/search", name="search", context={"word": word},
                        params={"q": word, "max": self.options.max_price, "mode": self.options.mode})
        if not self.options.dry_run:
            self.client.post("/catalog/buy", json={"article": word})
        if len(word) > 5:
            raise ValueError(f"nobody buys a {word}")


if __name__ == "__main__":
    run_single_user(Searcher)
