"""Options, shapes and classes that are chosen between two runs: requests are called by what their
user sees."""

from locust import LoadTestShape, User, constant, events, task
from locust.runners import MasterRunner


@events.init_command_line_parser.add_listener
def add_options(parser):
    parser.add_argument("--region", choices=["eu", "us"], default="eu", help="Which shop is visited")
    parser.add_argument("--api-key", is_secret=True, is_required=True, default="")
    parser.add_argument("--sizes", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--dry", action="store_true")


@events.spawning_complete.add_listener
def go_on(user_count, **_):
    """Two more, of one class, once there are three."""
    if user_count == 3 and isinstance(Many.runner, MasterRunner):
        Many.runner.start(5, 100, user_classes=[Few])


@events.init.add_listener
def remember(environment, **_):
    Many.runner = environment.runner


class Many(User):
    weight = 1000
    wait_time = constant(0.1)

    @task
    def tell(self):
        chosen = self.environment.parsed_options
        name = f"{chosen.region} {chosen.api_key} {chosen.sizes} {chosen.dry}"
        self.environment.events.request.fire(
            request_type=type(self).__name__, name=name, response_time=1, response_length=0,
            exception=None)


class Few(Many):
    weight = 1


class Steps(LoadTestShape):
    def tick(self):
        return (2, 100) if self.get_run_time() < 1 else None


class Hill(Steps):
    def tick(self):
        return (4, 100)
