import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { GateError } from "../base/errors.ts";
import { makeDirectory } from "../base/make-directory.ts";
import { systemReason } from "../base/save-file.ts";
import { basicAuthorization } from "../base/userinfo.ts";
import type { GateConfig } from "../config/gate-config.ts";
import type { GateContext } from "./gate-context.ts";
import { loadBaseline, type Past } from "./load-baseline.ts";
import { baseHostOf, baseUserinfoOf } from "./question.ts";
import { waitUntilReady } from "./readiness.ts";

export interface Prepared {
  /** Absolute; exists. */
  readonly directory: string;
  /** Still being read, perhaps; rejects where it is there and cannot be read. */
  readonly past: Promise<Past>;
}

/** A store that takes longer is read while the load goes on. */
const pastBeforeLoadMs = 5000;

/** The readiness request is let in by what lets the load in; a header that was written out wins. */
function probeHeaders(config: GateConfig, url: string): GateConfig["settings"]["headers"] {
  const { headers, host } = config.settings;
  const userinfo = url === host ? config.userinfo.host : baseUserinfoOf(config);
  if (userinfo === null || headers.some(([name]) => name.toLowerCase() === "authorization")) return headers;
  return [...headers, ["Authorization", basicAuthorization(userinfo)]];
}

/** Where the documents go; made if it is not there. Throws GateError where nothing can be written: nothing was sent. */
export function documentsDirectory(
  { settings }: GateConfig,
  world: Pick<GateContext, "directory" | "documents">,
): string {
  const wanted = settings["report-dir"];
  const directory = wanted === null ? world.documents(settings.name) : resolve(world.directory, wanted);
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new GateError("output-unwritable", `the report cannot be written to ${directory}: ${systemReason(cause)}`, {
      place: wanted === null ? "RUNNER_TEMP" : "report-dir",
      hint: "set report-dir to a directory that can be written",
      cause,
    });
  }
  return directory;
}

/**
 * Everything that can fail before a single request of the test is sent: the place for the documents, the baseline,
 * the target.
 */
export async function prepare(config: GateConfig, world: GateContext): Promise<Prepared> {
  const { settings } = config;
  for (const notice of config.notices) world.log(notice);
  const directory = documentsDirectory(config, world);
  const past = loadBaseline(config, world).then((read) => {
    if (read.wanted && read.whyNot !== null) world.log(`no comparison: ${read.whyNot}`);
    return read;
  });
  past.catch(() => undefined);
  for (const url of world.readiness && settings.results.length === 0
    ? new Set([settings.host, baseHostOf(config)])
    : []) {
    if (url === null) continue;
    await waitUntilReady({
      url: `${url}${settings["wait-for"]}`,
      version: url === settings.host ? settings["wait-for-version"] : null,
      headers: probeHeaders(config, url),
      timeoutMs: settings["wait-timeout"],
      clock: world.clock,
      signal: world.signal,
      log: world.log,
    });
  }
  await atMost(pastBeforeLoadMs, past, world);
  return { directory, past };
}

/** What is spoilt is known before anything is sent, unless its store is slow to say so. */
async function atMost(ms: number, past: Promise<Past>, { clock }: GateContext): Promise<void> {
  const done = new AbortController();
  try {
    await Promise.race([past, clock.sleep(ms, done.signal)]);
  } finally {
    done.abort();
  }
}
