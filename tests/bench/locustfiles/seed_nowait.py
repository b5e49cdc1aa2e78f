"""The seed's locustfile with nothing taken away but its waits, in the seed's own spelling."""

from locust import HttpLocust, TaskSet, task


class ApiClientBehavior(TaskSet):
    @task(1)
    def get_a_random_response(self):
        self.client.get("/random", name="A Random HTTP Status", headers={"Accept": "application/json"})

    @task(2)
    def get_a_success_response(self):
        self.client.get("/success", name="A 200 Status", headers={"Accept": "application/json"})


class ApiClient(HttpLocust):
    task_set = ApiClientBehavior
    min_wait = 0
    max_wait = 0
