from locust import FastHttpUser, SequentialTaskSet, constant, task
from locust.exception import RescheduleTask, StopUser


class Payment(SequentialTaskSet):
    """Address, payment, confirmation: the shop accepts them in this order only."""

    @task
    def address(self):
        self.client.post("/checkout/address", json={"street": "Hauptstraße 1", "zip": "10115"})

    @task
    def payment(self):
        self.client.post("/checkout/payment", data="card=4111&cvc=123",
                         headers={"content-type": "application/x-www-form-urlencoded"})

    @task
    def confirm(self):
        with self.client.post("/checkout/confirm", catch_response=True) as response:
            if response.status_code == 201 and response.json()["reference"]:
                self.parent.reference = response.json()["reference"]
            else:
                response.failure("not confirmed")
        self.interrupt(reschedule=False)

    @task
    def never(self):
        self.client.get("/catalog/never")


def ask_for_help(taskset):
    taskset.client.get("/catalog/help")


class Visit(SequentialTaskSet):
    reference = None
    visits = 0

    def on_start(self):
        self.client.get("/catalog")

    @task
    def look(self):
        self.client.get("/catalog/sofa?colour=dark%%20red&size=%s" % (2 + self.visits), name="/catalog/sofa")

    tasks = [ask_for_help]

    @task
    def add(self):
        # one more item in each visit
        for quantity in range(1, self.visits + 2):
            self.client.post("/cart/items", json={"article": "sofa", "quantity": quantity})
        self.client.get("/cart")

    @task
    def think_again(self):
        if self.visits == 1:
            # on to the next step without a pause
            raise RescheduleTask()
        self.client.get("/catalog/think")

    @task
    class Pay(Payment):
        pass

    @task(2)
    def thank_you(self):
        assert self.reference
        self.client.get(f"/catalog/thanks?reference={self.reference}", name="/catalog/thanks")

    @task
    def end(self):
        self.visits += 1
        if self.visits == 3:
            raise StopUser()

    def on_stop(self):
        self.client.get("/catalog/bye")


class Buyer(FastHttpUser):
    wait_time = constant(0.01)
    tasks = [Visit]
    gone = 0

    def on_stop(self):
        Buyer.gone += 1
        if Buyer.gone == self.environment.parsed_options.num_users:
            self.environment.runner.quit()
