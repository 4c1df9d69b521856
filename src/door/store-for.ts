import { resolve } from "node:path";
import { FileStore } from "../baseline/file-store.ts";
import type { BaselineStore } from "../baseline/store.ts";
import type { GateConfig } from "../config/gate-config.ts";

/** The store the settings ask for; null for none. */
export function storeFor({ config, directory }: { config: GateConfig; directory: string }): BaselineStore | null {
  const { settings } = config;
  return settings["baseline-store"] === "file" ? new FileStore(resolve(directory, settings["baseline-path"])) : null;
}
