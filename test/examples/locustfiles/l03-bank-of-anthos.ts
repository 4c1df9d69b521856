// After GoogleCloudPlatform/bank-of-anthos, of the days of HttpLocust and task_set: a set-up once per test, an account
// made in onStart, a list of tasks, forms, several requests with a sleep between, min_wait and max_wait in milliseconds.
import { setTimeout as sleep } from "node:timers/promises";
import { events, HttpUser, TaskSet } from "swarmgate";

let branch = "";
events.testStart.addListener(() => {
  branch = "main street";
});

class AllTasks extends TaskSet<HttpUser> {
  static override tasks = [viewHome, payAndLook, signOutAndIn];

  override async onStart() {
    await signIn(this);
  }

  override async onStop() {
    await this.client.post("/logout", { name: "/logout (leaving)" });
  }
}

async function signIn({ client, user }: AllTasks) {
  await client.post("/login", { form: { username: `${branch} ${user.index}`, password: "bankofswarm" } });
}

async function viewHome({ client }: AllTasks) {
  for (let n = 0; n < 3; n++) {
    await client.get("/account");
    await sleep(2);
  }
}

async function payAndLook({ client, user }: AllTasks) {
  await client.post("/cart", { form: { product_id: user.random.int(1, 120) } });
  await sleep(2);
  await client.post("/checkout", { form: { payment: "invoice" } });
}

async function signOutAndIn(set: AllTasks) {
  await set.client.post("/logout");
  await set.client.get("/account", {
    name: "/account (signed out)",
    catchResponse: (res) => {
      if (res.status === 401) res.success();
      else res.failure("still signed in");
    },
  });
  await signIn(set);
}

export class WebsiteUser extends HttpUser {
  static override tasks = [AllTasks];
  override minWait = 5;
  override maxWait = 15;
}
