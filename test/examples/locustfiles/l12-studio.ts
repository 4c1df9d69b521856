// After learningequality/studio: task sets in task sets with @task(10), a login with a form's token, polling until the
// answer says so, resp.json(), status checks, min_wait and max_wait (which any current Locust ignores), a clean-up in
// onStop. Their children never interrupt, so that their users stay in the first one they enter; these leave.
import { HttpUser, TaskSet, task } from "swarmgate";

class Channels extends TaskSet<HttpUser> {
  @task(10) async open() {
    const res = await this.client.get("/products", { name: "channels" });
    const [first] = res.json<{ products: { id: number }[] }>().products;
    if (res.status === 200 && first) await this.client.get(`/products/${first.id}`, { name: "channel" });
  }

  @task(10) async edit() {
    const token = tokenIn((await this.client.get("/address", { name: "edit form" })).text());
    const form = { csrf_token: token, address: `Shelf ${this.user.index}` };
    await this.client.post("/address", { form, name: "edit", headers: { "x-csrftoken": token } });
  }

  @task(10) async stop() {
    this.interrupt();
  }
}

class Publishing extends TaskSet<HttpUser> {
  @task async publishAndWait() {
    await this.client.get("/slow", { params: { ms: 5 }, name: "publish" });
    for (let tries = 0; tries < 50; tries++) {
      using poll = await this.client.get("/flaky", { name: "poll", catchResponse: true });
      poll.success();
      if (poll.status === 200 && poll.json<{ status: string }>().status === "ok") break;
    }
    this.interrupt();
  }
}

export class StudioUser extends HttpUser {
  static override tasks = [
    [Channels, 10],
    [Publishing, 1],
  ] as const;
  override minWait = 5;
  override maxWait = 20;

  override async onStart() {
    await this.client.get("/login");
    await this.client.post("/login", { form: { username: `user ${this.index}`, password: "a" } });
    const form = { csrf_token: "stale", address: "nowhere" };
    await this.client.post("/address", { form, name: "edit with a stale token" });
  }

  override async onStop() {
    await this.client.post("/logout");
  }
}

function tokenIn(page: string): string {
  return /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
}
