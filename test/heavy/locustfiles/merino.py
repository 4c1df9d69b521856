"""Counterpart of l04-merino.ts: data by message, answers judged against a set of statuses, StopUser, no wait time."""

import random
import time

from locust import HttpUser, events, task
from locust.exception import StopUser

ACCEPTED = {0, 200, 204, 404}
queries = []


@events.init.add_listener
def listen(environment, **_):
    environment.runner.register_message("store_queries", lambda environment, msg, **_: queries.extend(msg.data))


@events.test_start.add_listener
def spread(environment, **_):
    environment.runner.send_message("store_queries", ["lamp", "oak", "watch"])


class MerinoUser(HttpUser):
    left = 40

    def on_start(self):
        self.client.headers["accept-language"] = "en-US"
        while not queries:
            time.sleep(0.005)

    @task(64)
    def suggest(self):
        if self.left == 0:
            raise StopUser()
        self.left -= 1
        params = {"q": random.choice(queries), "providers": "wiki"}
        with self.client.get("/search", params=params, name="suggest", catch_response=True) as res:
            if res.status_code not in ACCEPTED:
                res.failure(f"status {res.status_code}")
            elif res.json()["found"] == 0:
                res.failure("no suggestion")

    @task(16)
    def missing(self):
        headers = {"user-agent": "Mozilla/5.0"}
        with self.client.get("/products/999", headers=headers, name="missing", catch_response=True) as res:
            if res.status_code in ACCEPTED:
                res.success()

    @task(0)
    def retired(self):
        raise AssertionError("a task of weight 0 never runs")
