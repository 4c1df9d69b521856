import { resolve } from "node:path";
import { systemClock } from "../base/clock.ts";
import { FileStore } from "../baseline/file-store.ts";
import type { BaselineStore } from "../baseline/store.ts";
import type { GateConfig } from "../config/gate-config.ts";

/** The store the settings ask for; null for none. */
export function storeFor({ config, directory }: { config: GateConfig; directory: string }): BaselineStore | null {
  const { settings } = config;
  if (settings["baseline-store"] !== "file") return null;
  const path = resolve(directory, settings["baseline-path"]);
  return new FileStore({ path, keep: settings["baseline-runs"], clock: systemClock });
}
