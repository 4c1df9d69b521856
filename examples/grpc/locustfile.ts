import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Client, credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { events, task, User } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--grpc-address", { default: "127.0.0.1:50051", envVar: "LOCUST_GRPC_ADDRESS" });
});

const definition = loadPackageDefinition(loadSync(fileURLToPath(new URL("stock.proto", import.meta.url))));
const { Stock } = definition.shop as unknown as { readonly Stock: ServiceClientConstructor };

type Call<A, B> = (this: Client, argument: A, done: (error: Error | null, answer?: B) => void) => void;

export class Clerk extends User {
  readonly #stub: Client = new Stock(String(this.environment.parsedOptions.grpcAddress), credentials.createInsecure());
  readonly #look = promisify((this.#stub as unknown as { Look: Call<{ id: number }, { pieces: number }> }).Look).bind(
    this.#stub,
  );

  @task async look() {
    await events.request.measure("GRPC", "/shop.Stock/Look", async (m) => {
      const amount = await this.#look({ id: this.random.int(1, 120) });
      m.response = amount;
    });
  }

  override onStop() {
    this.#stub.close();
  }
}
