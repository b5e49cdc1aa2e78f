"""
Customers of the web shop: log in through the HTML form (with its CSRF token), look at their
orders, leave a note, log out. Everybody has an account of his own.
"""
import re

from locust import HttpUser, constant, task
from locust.exception import StopUser

ACCOUNTS = ["anna", "boris", "clara"]
ROUNDS = 3
left = len(ACCOUNTS)


class Customer(HttpUser):
    wait_time = constant(0.02)

    def on_start(self):
        self.username = ACCOUNTS.pop(0)
        self.rounds = 0

    def log_in(self, password):
        page = self.client.get("/login")
        token = re.search(r'name="csrf_token" value="(.+?)"', page.text).group(1)
        form = {"username": self.username, "password": password, "csrf_token": token}
        return self.client.post("/login", data=form, headers={"Referer": page.url}, catch_response=True)

    @task
    def visit(self):
        # everybody mistypes the password the first time
        if self.rounds == 0:
            with self.log_in("qwertz") as response:
                if response.status_code == 401:
                    response.success()

        with self.log_in(self.username[::-1]) as response:
            if f"Hello {self.username}" not in response.text:
                response.failure("not logged in")
            elif not response.url.endswith("/account"):
                response.failure(f"ended at {response.url}")
            elif [r.status_code for r in response.history] != [302]:
                response.failure("where is the redirect?")

        for page in range(1, 4):
            self.client.get(f"/account/orders?page={page}", name="/account/orders?page=[n]")

        csrf = self.client.cookies["csrftoken"]
        self.client.post(
            "/account/notes",
            {"text": "Größe L & mehr: 100% süß", "rating": 5},
            headers={"X-CSRFToken": csrf},
        )
        # without the token the shop must refuse
        with self.client.post("/account/notes", data={"text": "x"}, catch_response=True,
                              name="/account/notes (forged)") as response:
            if response.status_code == 403:
                response.success()
            else:
                response.failure("accepted a forged request")

        with self.client.post("/logout", allow_redirects=False, catch_response=True) as response:
            if response.status_code != 303 or "sessionid" in self.client.cookies:
                response.failure("still logged in")
        # the session is over: /account sends us back to the form
        self.client.get("/account")

        self.rounds += 1
        if self.rounds == ROUNDS:
            raise StopUser()

    def on_stop(self):
        global left
        left -= 1
        if left == 0:
            self.environment.runner.quit()
