"""Sock-shop's checkout: other requests while the verdicts on one or two answers are still open."""

from locust import HttpUser, constant, task
from locust.exception import StopUser


class Buyer(HttpUser):
    wait_time = constant(0.01)
    rounds = 4

    @task
    def purchase(self):
        if self.rounds == 0:
            raise StopUser()
        self.rounds -= 1
        self.client.get("/")
        self.client.post("/login", data={"username": "sock", "password": "shop"})
        form = {"product_id": 3, "quantity": 1}
        with self.client.post("/cart", data=form, name="add to cart", catch_response=True) as added:
            self.client.get("/product/3", name="/product/{id}")
            with self.client.get("/cart", name="basket", catch_response=True) as basket:
                order = self.client.post("/checkout", json={"payment": "invoice"}, name="order")
                if order.status_code == 201:
                    basket.success()
                else:
                    basket.failure("not ordered")
            if added.status_code == 200:
                added.success()
        with self.client.get("/products/999", name="sold out", catch_response=True) as gone:
            self.client.get("/healthz")
            if gone.status_code == 404:
                gone.success()
