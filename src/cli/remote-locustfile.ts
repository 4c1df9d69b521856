import { writeFile } from "node:fs/promises";
import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import { join } from "node:path";
import { GateError, messageOf } from "../base/errors.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { AllowedHosts, forbidsAddress } from "../engine/limits/allowed-hosts.ts";
import { guardedLookup } from "../http/wire/guarded-lookup.ts";

const mostBytes = 1024 * 1024;
const mostRedirects = 5;
/** Milliseconds for the whole of one answer. */
const patienceMs = 20_000;

const isUrl = (path: string) => /^https?:\/\//i.test(path);

/**
 * The configuration with every locustfile that is a URL fetched into `directory`. The hosts a locustfile may reach are
 * the ones it may come from. Throws GateError `locustfile-fetch`.
 */
export async function withFetchedLocustfiles(config: GateConfig, directory: string): Promise<GateConfig> {
  const { settings, given } = config;
  if (!settings.locustfile.some(isUrl)) return config;
  const hosts = new AllowedHosts(given.has("allowed-hosts") ? settings["allowed-hosts"] : null);
  const locustfile: string[] = [];
  for (const [i, path] of settings.locustfile.entries()) {
    locustfile.push(isUrl(path) ? await fetchTo(path, { hosts, directory: join(directory, `fetched-${i}-`) }) : path);
  }
  return { ...config, settings: { ...settings, locustfile } };
}

async function fetchTo(
  text: string,
  { hosts, directory }: { hosts: AllowedHosts; directory: string },
): Promise<string> {
  const name = URL.canParse(text) ? (new URL(text).pathname.split("/").at(-1) ?? "") : "";
  if (!/^[\w.-]{1,100}\.[cm]?[jt]s$/.test(name)) throw failed(text, "its path does not end in .ts, .mts, .js or .mjs");
  let url = new URL(text);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const refusal = hosts.forbids(url);
    if (refusal !== undefined) throw failed(text, refusal, "Name the host in --allowed-hosts.");
    const { status, location, body } = await ask(url, text);
    if (location !== undefined && status >= 300 && status < 400) {
      if (!URL.canParse(location, url.href)) throw failed(text, "it redirects to something that is no URL");
      url = new URL(location, url);
      if (!isUrl(url.href)) throw failed(text, `it redirects to ${url.protocol}`);
      continue;
    }
    if (status !== 200) throw failed(text, `the answer is ${status}`);
    const path = `${directory}${name}`;
    await writeFile(path, body);
    return path;
  }
  throw failed(text, `more than ${mostRedirects} redirects`);
}

/** One answer; the addresses of the host are judged as they are looked up. */
function ask(url: URL, text: string): Promise<{ status: number; location: string | undefined; body: Buffer }> {
  const get = url.protocol === "https:" ? getSecure : getPlain;
  const options = { lookup: guardedLookup({ forbidsAddress }), signal: AbortSignal.timeout(patienceMs) };
  return new Promise((resolve, reject) => {
    const request = get(url, options, (answer: IncomingMessage) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      answer.on("data", (piece: Buffer) => {
        bytes += piece.length;
        pieces.push(piece);
        if (bytes > mostBytes) request.destroy(new Error("it is larger than 1 MiB"));
      });
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, body: Buffer.concat(pieces) });
      });
      answer.on("error", (error) => reject(failed(text, messageOf(error))));
    });
    request.on("error", (error) => reject(failed(text, messageOf(error))));
  });
}

function failed(
  url: string,
  why: string,
  hint = "Open the URL; or fetch the file yourself and name its path.",
): GateError {
  return new GateError("locustfile-fetch", `-f ${url.slice(0, 300)}: ${why}`, { hint });
}
