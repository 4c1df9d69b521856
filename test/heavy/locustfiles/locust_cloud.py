"""Counterpart of l14-locust-cloud.ts: rest() of FastHttpUser, failures by hand, by assertion, and for what is no JSON."""

from locust import FastHttpUser, task
from locust.exception import StopUser

tasks_left = iter(range(60))


class ApiUser(FastHttpUser):
    def count_task(self):
        if next(tasks_left, None) is None:
            raise StopUser()

    @task
    def page(self):
        self.count_task()
        with self.rest("GET", "/products") as res:
            if len(res.js["products"]) != 20:
                res.failure("expected 20 products")

    @task
    def empty(self):
        self.count_task()
        with self.rest("GET", "/search?q=zzz", name="/search") as res:
            assert res.js["found"] != 0, "nothing found"

    @task
    def wrong_type(self):
        self.count_task()
        with self.rest("GET", "/", name="a page, not JSON"):
            pass
