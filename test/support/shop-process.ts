import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ShopLog } from "../../src/demo/shop.ts";

/** The sample shop in a process of its own, as built: a target must not share a thread with what loads it. */
export interface ShopProcess {
  readonly url: string;
  log(): Promise<ShopLog>;
  /** `regression=true`, `errorRatio=0.1` … */
  turn(switches: string): Promise<void>;
  close(): Promise<void>;
}

export async function openShop(...flags: readonly string[]): Promise<ShopProcess> {
  const entry = fileURLToPath(new URL("../../dist/shop.js", import.meta.url));
  const child = spawn(process.execPath, [entry, "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  if (!child.stdout) throw new Error("no output");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    log: async () => (await (await fetch(`${url}/_shop/log`)).json()) as ShopLog,
    turn: async (switches) => {
      await fetch(`${url}/_shop/switch?${switches}`, { method: "POST" });
    },
    close: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
