"""Which locustfile is run how, and what of it must be the same everywhere."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    name: str
    file: str
    users: int
    arguments: tuple[str, ...] = ()
    target: str = "http"  # or https, tcp
    # users: what each of them sends is one defined sequence; counts: how often each request comes is
    # defined; shares: how often each follows upon each other, within chance.
    order: str = "users"
    # Patterns of requests whose number hangs on the machine: that they came is all that is compared.
    any_number: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    # What is known to differ from the newest Locust in swarm, and is meant to: (what, why).
    meant: tuple[tuple[str, str], ...] = ()

    def words(self) -> list[str]:
        return ["-u", str(self.users), "-r", str(self.users), *self.arguments]


SEARCH = ("--tenant", "blue", "--max-price", "20", "--mode", "deep", "--words", "bed", "table", "sofa bed")

CASES = [
    Case("shop_login", "shop_login.py", users=3),
    Case("upload", "upload.py", users=3),
    Case("token_refresh", "token_refresh.py", users=3),
    Case("tls_verify", "tls_verify.py", users=6, target="https"),
    Case("orders_api", "orders_api.py", users=4),
    Case("forum", "forum.py", users=6, order="shares"),
    Case("checkout", "checkout.py", users=3),
    Case("socket_store", "socket_store.py", users=3, target="tcp"),
    Case("stepped_shape", "stepped_shape.py", users=1, order="counts", any_number=("GET /shift",)),
    Case("custom_events", "custom_events.py", users=1, arguments=SEARCH),
    Case("custom_events_by_default", "custom_events.py", users=1,
         arguments=("--dry-run", "--exit-code-on-error", "7", "--max-fail-ratio", "0.9"),
         settings={"SEARCH_TENANT": "from the environment"}),
    Case("failures", "failures.py", users=1, arguments=("--exit-code-on-error", "9", "Unlucky")),
    Case("failures_fast", "failures.py", users=1, arguments=("UnluckyFast",)),
    Case("failures_on_start", "failures.py", users=2, arguments=("-t", "1s", "NoSeat")),
]
