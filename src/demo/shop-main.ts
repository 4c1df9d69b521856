import { parseArgs } from "node:util";
import { startShop } from "./shop.ts";

/**
 * The sample shop as a process of its own, since a target must not share a thread with what loads it. Prints one line,
 * `{"url":"http://127.0.0.1:…","pid":…}`, and serves until it is told to stop or the process that started it is gone.
 */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    seed: { type: "string", default: "shop" },
    regression: { type: "boolean", default: false },
    "error-ratio": { type: "string", default: "0" },
    "flaky-ratio": { type: "string", default: "0.25" },
  },
});

const shop = await startShop({
  port: Number(values.port),
  seed: values.seed,
  regression: values.regression,
  errorRatio: Number(values["error-ratio"]),
  flakyRatio: Number(values["flaky-ratio"]),
});
process.stdout.write(`${JSON.stringify({ url: shop.url, pid: process.pid })}\n`);

const stop = () => void shop.close().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
// With a channel to its parent (child_process.fork or stdio "ipc") the shop ends when the parent does.
process.once("disconnect", stop);
