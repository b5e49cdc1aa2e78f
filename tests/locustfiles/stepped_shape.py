"""Opening hours: two early birds, then the crowd, then only one is left."""
from locust import FastHttpUser, HttpUser, LoadTestShape, constant, events, task


class Visitor(HttpUser):
    wait_time = constant(0.1)
    weight = 1

    def on_start(self):
        self.client.post("/presence/in", name="in")

    @task
    def look(self):
        self.client.get("/shift")

    def on_stop(self):
        self.client.post("/presence/out", name="out")


class Robot(FastHttpUser):
    wait_time = constant(0.1)
    weight = 1

    def on_start(self):
        self.client.post("/presence/in", name="in (robot)")

    @task
    def look(self):
        self.client.get("/shift/robot")

    def on_stop(self):
        self.client.post("/presence/out", name="out (robot)")


class OpeningHours(LoadTestShape):
    stages = [
        {"until": 1.5, "users": 2, "spawn_rate": 10},
        {"until": 3.5, "users": 6, "spawn_rate": 10},
        {"until": 5.5, "users": 1, "spawn_rate": 10},
    ]
    seen = []

    def tick(self):
        now = self.get_run_time()
        for stage in self.stages:
            if now < stage["until"]:
                users = stage["users"], stage["spawn_rate"]
                if users not in self.seen:
                    self.seen.append(users)
                    print("stage:", *users, "after", self.get_current_user_count(), "users")
                return users
        return None


@events.spawning_complete.add_listener
def spawned(user_count, **kwargs):
    print("spawning_complete:", user_count)


@events.test_stop.add_listener
def closing(environment, **kwargs):
    print("closed, shape is", type(environment.shape_class).__name__)
