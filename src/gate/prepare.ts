import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { GateConfig } from "../config/gate-config.ts";
import { baseHostOf } from "./question.ts";
import { waitUntilReady } from "./readiness.ts";
import { type Past, recall } from "./recall.ts";
import type { World } from "./world.ts";

export interface Prepared {
  /** Absolute; exists. */
  readonly directory: string;
  readonly past: Past;
}

/** Where the documents go; made if it is not there. */
export function documentsDirectory({ settings }: GateConfig, world: World): string {
  const wanted = settings["report-dir"];
  const directory = wanted === null ? world.documents(settings.name) : resolve(world.directory, wanted);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/**
 * Everything that can fail before a single request of the test is sent: the place for the documents, the baseline,
 * the target.
 */
export async function prepare(config: GateConfig, world: World): Promise<Prepared> {
  const { settings } = config;
  for (const notice of config.notices) world.log(notice);
  const directory = documentsDirectory(config, world);
  const past = await recall(config, world);
  if (past.wanted && past.whyNot !== null) world.log(`no comparison: ${past.whyNot}`);
  for (const url of world.readiness && settings.results.length === 0
    ? new Set([settings.host, baseHostOf(config)])
    : []) {
    if (url === null) continue;
    await waitUntilReady({
      url: `${url}${settings["wait-for"]}`,
      version: url === settings.host ? settings["wait-for-version"] : null,
      headers: settings.headers,
      timeoutMs: settings["wait-timeout"],
      clock: world.clock,
      signal: world.signal,
      log: world.log,
    });
  }
  return { directory, past };
}
