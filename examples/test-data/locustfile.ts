import { readFileSync } from "node:fs";
import { HttpUser, task } from "swarmgate";

const [, ...lines] = readFileSync(new URL("accounts.csv", import.meta.url), "utf8")
  .trim()
  .split("\n");
const accounts = lines.map((line) => {
  const [username = "", password = "", product = ""] = line.split(",");
  return { username, password, product };
});

export class Member extends HttpUser {
  /** `index` is the user's number in the whole swarm: no two users share an account, on however many threads. */
  readonly account = accounts[this.index % accounts.length]!;

  override async onStart() {
    const { username, password } = this.account;
    await this.client.post("/login", { form: { username, password } });
  }

  @task async mine() {
    using res = await this.client.get("/account", { catchResponse: true });
    const { username } = res.json<{ username: string }>();
    if (username !== this.account.username) res.failure(`signed in as somebody else`);
  }

  @task async favourite() {
    await this.client.get(`/products/${this.account.product}`, { name: "/products/{id}" });
  }
}
