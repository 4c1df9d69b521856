"""Counterpart of l16-funkallero.ts: weights, a constant wait, and an exit code of 0 decided by hand."""

from locust import HttpUser, constant, events, task
from locust.exception import StopUser

tasks_left = iter(range(60))


class ApiUser(HttpUser):
    wait_time = constant(0.01)

    def count_task(self):
        if next(tasks_left, None) is None:
            raise StopUser()

    @task(3)
    def list_all(self):
        self.count_task()
        self.client.get("/products")

    @task
    def one(self):
        self.count_task()
        self.client.get("/products/7")


@events.quitting.add_listener
def decide(environment, **_):
    total = environment.stats.total
    late = total.avg_response_time > 2000 or total.get_response_time_percentile(0.95) > 8000
    environment.process_exit_code = 1 if total.fail_ratio > 0.01 or late else 0
