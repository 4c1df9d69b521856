"""Beneficiary-fhir-data without its certificates: an abstract base, an argument of its own, tags, limits at the end."""

from locust import FastHttpUser, SequentialTaskSet, events, tag, task
from locust.exception import StopUser


@events.init_command_line_parser.add_listener
def arguments(parser):
    parser.add_argument("--fail-limit", type=float, default=0.9)


class BfdUser(FastHttpUser):
    abstract = True

    def on_start(self):
        self.client.get("/healthz", name="arriving")


class HighVolumeUser(BfdUser):
    @task
    class Records(SequentialTaskSet):
        @tag("coverage")
        @task
        def coverage(self):
            self.client.get("/products/7", name="coverage by id")

        @tag("coverage", "contract")
        @task
        def contract(self):
            self.client.get("/products", params={"page": 2}, name="contract")

        @tag("coverage", "slow")
        @task
        def explanation(self):
            self.client.get("/slow", name="left out by -E")

        @tag("eob")
        @task
        def unknown(self):
            self.client.get("/nowhere", name="left out by -T")

        @tag("coverage")
        @task
        def refused(self):
            self.client.get("/account", name="coverage without a login")

        @tag("coverage")
        @task
        def done(self):
            raise StopUser()


@events.quitting.add_listener
def decide(environment, **_):
    limit = environment.parsed_options.fail_limit
    environment.process_exit_code = 22 if environment.stats.total.fail_ratio > limit else 0
