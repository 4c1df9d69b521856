"""Azul's indexer with its sets in order: nested sets, interrupt, requests at once, a redirect that is the success."""

from gevent.pool import Group
from locust import HttpUser, SequentialTaskSet, TaskSet, constant, task
from locust.exception import StopUser


class Indexer(HttpUser):
    wait_time = constant(0.005)
    visits = 3

    @task
    class Visit(SequentialTaskSet):
        def on_start(self):
            self.client.get("/healthz", name="opening")

        @task
        class Browsing(TaskSet):
            pages = 0

            def on_start(self):
                self.client.get("/products", name="entering")

            def on_stop(self):
                self.client.get("/home", name="leaving")

            @task
            def filtered(self):
                if self.pages == 2:
                    self.interrupt()
                self.pages += 1
                group = Group()
                for page in (1, 2, 3):
                    group.spawn(self.client.get, "/products", params={"page": page}, name="index page")
                group.join()

        @task
        class Download(SequentialTaskSet):
            @task
            def choose_filters(self):
                self.client.get("/products/5", name="filters")

            @task
            def start_export(self):
                form = {"product_id": 5}
                with self.client.post(
                    "/cart", data=form, allow_redirects=False, name="manifest", catch_response=True
                ) as res:
                    if res.status_code == 303 and res.headers["location"] == "/cart":
                        res.success()
                    else:
                        res.failure(f"expected a redirect, got {res.status_code}")

            @task
            def wrong_export(self):
                with self.client.post(
                    "/cart", data={"product_id": 999}, allow_redirects=False, name="no manifest", catch_response=True
                ) as res:
                    if res.status_code != 303:
                        res.failure(f"expected a redirect, got {res.status_code}")

            @task
            def done(self):
                self.interrupt(reschedule=False)

        @task
        def close(self):
            self.user.visits -= 1
            if self.user.visits == 0:
                raise StopUser()
