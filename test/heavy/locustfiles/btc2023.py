"""Counterpart of l15-btc2023.ts: the exit code decided by hand in a listener of quitting."""

from locust import HttpUser, events, task
from locust.exception import StopUser

tasks_left = iter(range(60))


class WordPressUser(HttpUser):
    def count_task(self):
        if next(tasks_left, None) is None:
            raise StopUser()

    @task
    def front(self):
        self.count_task()
        self.client.get("/")

    @task
    def unreliable(self):
        self.count_task()
        self.client.get("/flaky")


@events.quitting.add_listener
def decide(environment, **_):
    total = environment.stats.total
    if total.fail_ratio > 0.01:
        environment.process_exit_code = 11
    elif total.avg_response_time > 200:
        environment.process_exit_code = 12
    elif total.get_response_time_percentile(0.95) > 800:
        environment.process_exit_code = 13
    else:
        environment.process_exit_code = 0
