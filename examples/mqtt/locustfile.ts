import { connectAsync, type MqttClient } from "mqtt";
import { events, task, User } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--mqtt-url", { default: "mqtt://127.0.0.1:1883", envVar: "LOCUST_MQTT_URL" });
});

/** A device with a topic of its own: what it publishes there comes back to it through the broker. */
export class Device extends User {
  #client: MqttClient | undefined;
  readonly #topic = `devices/${this.index}`;
  #arrived: ((payload: string) => void) | undefined;

  override async onStart() {
    await events.request.measure("MQTT", "connect", async () => {
      this.#client = await connectAsync(String(this.environment.parsedOptions.mqttUrl), { reconnectPeriod: 0 });
    });
    this.#client?.on("message", (_topic, payload) => this.#arrived?.(payload.toString()));
    await events.request.measure("MQTT", "subscribe", () => this.#client?.subscribeAsync(this.#topic, { qos: 1 }));
  }

  override async onStop() {
    await this.#client?.endAsync();
  }

  @task async roundTrip() {
    const sent = String(this.random.int(0, 1e9));
    const back = new Promise<string>((resolve, reject) => {
      this.#arrived = resolve;
      setTimeout(() => reject(new Error("the message did not come back in 5 s")), 5000).unref();
    });
    await events.request.measure("MQTT", "publish", () => this.#client?.publishAsync(this.#topic, sent, { qos: 1 }));
    await events.request.measure("MQTT", "receive", async (m) => {
      const received = await back;
      m.responseLength = received.length;
      if (received !== sent) throw new Error("another message came back");
    });
  }
}
