import { HttpUser, SequentialTaskSet, StopUser, task } from "swarmgate";

/** Forms are refused without the token that came with their page, so the page is asked for first. */
class ChangeOfAddress extends SequentialTaskSet {
  #token = "";

  @task async openForm() {
    const res = await this.client.get("/address");
    this.#token = /name="csrf_token" value="([^"]+)"/.exec(res.text())?.[1] ?? "";
    if (this.#token === "") throw new Error("the form has no token");
  }

  @task async sendForm() {
    const address = `${this.user.random.int(1, 200)} Harbour Street`;
    using res = await this.client.post("/address", {
      form: { csrf_token: this.#token, address },
      headers: { referer: "/address" },
      catchResponse: true,
    });
    if (res.ok && !res.text().includes(address)) res.failure("the address was not saved");
  }
}

export class Member extends HttpUser {
  static override tasks = [ChangeOfAddress];

  override async onStart() {
    const res = await this.client.post("/login", {
      form: { username: `member-${this.index}`, password: "secret" },
      allowRedirects: false,
    });
    if (res.status !== 303) throw new StopUser("not let in");
  }

  override async onStop() {
    await this.client.post("/logout");
  }
}
