// After cds-snc/notification-api: constantPacing (theirs is a minute), weights, JSON, an authorization header per
// request, the host from the environment.
import { constantPacing, HttpUser, task } from "swarmgate";

export class NotifyApiUser extends HttpUser {
  static override host = process.env.LOCUST_NOTIFY_HOST ?? null;
  override waitTime = constantPacing(0.02);

  get #headers() {
    return { Authorization: `ApiKey-v1 key-of-${this.index}` };
  }

  @task(16) async sendEmail() {
    await this.client.post("/cart", { json: { product_id: 1, quantity: 1 }, headers: this.#headers, name: "email" });
  }

  @task(4) async sendSms() {
    await this.client.post("/setCurrency", { json: { currency_code: "CAD" }, headers: this.#headers, name: "sms" });
  }

  @task(2) async sendNonsense() {
    await this.client.post("/setCurrency", {
      json: { currency_code: "???" },
      headers: this.#headers,
      name: "nonsense",
    });
  }
}
