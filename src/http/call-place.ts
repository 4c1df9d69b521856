/**
 * Where the locustfile made the call, as `file:line:column`: the first frame of the stack outside this package's own
 * rooms and Node. A stack costs tens of microseconds, so it is taken only when somebody wants it.
 */
export function callPlace(): string | undefined {
  for (const line of (new Error().stack ?? "").split("\n").slice(1)) {
    const place = /\(?((?:file:\/\/)?[^()\s]+:\d+:\d+)\)?$/.exec(line.trim())?.[1];
    if (place === undefined || place.startsWith("node:")) continue;
    const path = place.replace(/^file:\/\//, "");
    if (!ownFile.test(path)) return path;
  }
  return undefined;
}

const here = new URL(".", import.meta.url).pathname;
/** From source, the files of this folder; from the bundle, the chunks beside this one. */
const ownFile = new RegExp(`^${here.replace(/[.*+?^${"${}"}()|[\]\\]/g, "\\$&")}[^/]+$`);
