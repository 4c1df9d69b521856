"""Locust's browsing example, in order, once with each of its two clients: how requests are named without a name."""

import re

from locust import FastHttpUser, HttpUser, SequentialTaskSet, constant, task
from locust.exception import StopUser


class Browsing(SequentialTaskSet):
    links = []

    @task
    def index_page(self):
        res = self.client.get("/")
        self.links = re.findall(r'href="(/product/\d+)"', res.text)
        self.client.get("/favicon.ico")

    @task
    def load_page(self):
        for link in self.links[:3]:
            self.client.get(link)

    @task
    def search(self):
        self.client.get("/search?q=oak")
        self.client.get("/search", params={"q": "oak"})
        self.client.get("/search")

    @task
    def redirected(self):
        self.client.post("/setCurrency", data={"currency_code": "EUR"})
        self.client.post("/setCurrency", data={"currency_code": "none"})

    @task
    def other_methods(self):
        self.client.head("/healthz")
        self.client.delete("/cart")

    @task
    def leave(self):
        raise StopUser()


class HttpBrowser(HttpUser):
    wait_time = constant(0.01)
    tasks = [Browsing]


class FastBrowser(FastHttpUser):
    wait_time = constant(0.01)
    tasks = [Browsing]
