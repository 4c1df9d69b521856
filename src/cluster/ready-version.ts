import type { Properties } from "./zmtp-command.ts";

/** What swarmgate says of itself in READY, where libzmq carries what it does not know. */
const aboutName = "X-Swarmgate";

export function readyProperties(version: string): Readonly<Record<string, string>> {
  return { [aboutName]: version };
}

/** The version of swarmgate at the other end; undefined for another program (Locust, say). */
export function versionOf(properties: Properties): string | undefined {
  return properties.get(aboutName.toLowerCase())?.toString("utf8");
}
