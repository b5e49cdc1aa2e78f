"""Which locustfile is run how, and what of it must be the same everywhere."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    name: str
    file: str
    users: int
    arguments: tuple[str, ...] = ()
    rate: int = 100  # users a second
    target: str = "http"  # or https, tcp
    # users: what each of them sends is one defined sequence; counts: how often each request comes is
    # defined; shares: how often each follows upon each other, within chance.
    order: str = "users"
    # Patterns of requests whose number hangs on the machine: that they came is all that is compared.
    any_number: tuple[str, ...] = ()
    # Whether the number of connections is compared.
    connections: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    # What is known to differ from the newest Locust in swarm, and is meant to: (what, why).
    meant: tuple[tuple[str, str], ...] = ()

    def words(self) -> list[str]:
        return ["-u", str(self.users), "-r", str(self.rate), *self.arguments]


SEARCH = ("--tenant", "blue", "--max-price", "20", "--mode", "deep", "--words", "bed", "table", "sofa bed")

SENT_AGAIN = ("a user's requests: -GET /drop -> 0 | accept-encoding: gzip, …",
              "Locust's FastHttpUser sends a request up to eleven times again when its connection is "
              "closed, and reports it once; swarm never sends a request again")

# A base URL and "status/200" give no URL; the texts for that are those of the libraries' versions.
WRONG_URL = "the text is that of the library which takes URLs apart"
NO_SLASH = ' | forgotten_slash: self.client.get("status/200")'
WRONG_URLS = (
    ("exceptions: -2 +0  Failed to parse: '{host}status' is not a valid host or port" + NO_SLASH, WRONG_URL),
    ("exceptions: -0 +2  Failed to parse: http://{host}status/200" + NO_SLASH, WRONG_URL),
)
WRONG_URLS_FAST = (
    ("exceptions: -2 +0  Port could not be cast to integer value as '{port}status'" + NO_SLASH, WRONG_URL),
    ("exceptions: -0 +2  invalid request URI 'http://{host}status/200'" + NO_SLASH, WRONG_URL),
)

CASES = [
    Case("shop_login", "shop_login.py", users=3),
    Case("upload", "upload.py", users=3),
    Case("token_refresh", "token_refresh.py", users=3),
    # At this rate the first users end before the last ones start, and are not replaced.
    Case("tls_verify", "tls_verify.py", users=6, rate=6, target="https"),
    Case("orders_api", "orders_api.py", users=4),
    Case("forum", "forum.py", users=6, order="shares"),
    Case("checkout", "checkout.py", users=3),
    Case("socket_store", "socket_store.py", users=3, target="tcp"),
    Case("stepped_shape", "stepped_shape.py", users=1, order="counts", any_number=("GET /shift",)),
    Case("custom_events", "custom_events.py", users=1, arguments=SEARCH),
    Case("custom_events_by_default", "custom_events.py", users=1,
         arguments=("--dry-run", "--exit-code-on-error", "7", "--max-fail-ratio", "0.9"),
         settings={"SEARCH_TENANT": "from the environment"}),
    Case("failures", "failures.py", users=1, arguments=("--exit-code-on-error", "9", "Unlucky"),
         meant=WRONG_URLS),
    Case("failures_fast", "failures.py", users=1, arguments=("UnluckyFast",), connections=False,
         meant=(SENT_AGAIN, *WRONG_URLS_FAST)),
    Case("failures_on_start", "failures.py", users=2, arguments=("-t", "1s", "NoSeat")),
]
