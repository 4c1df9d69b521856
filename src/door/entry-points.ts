import { fileURLToPath } from "node:url";

/**
 * The file of another entry point: beside this one in `dist/`, in its own folder in `src/`. Everything in dist stands
 * in one folder, so that this works from whatever chunk this line ends up in.
 */
export function entryUrl(name: "swarm" | "thread" | "thread-process" | "index" | "shop"): string {
  const inSources = {
    swarm: "../swarm.ts",
    thread: "../engine/worker/thread.ts",
    "thread-process": "../engine/worker/thread-process.ts",
    index: "../index.ts",
    shop: "../demo/shop-main.ts",
  };
  const fromSources = import.meta.url.endsWith(".ts");
  return new URL(fromSources ? inSources[name] : `./${name}.js`, import.meta.url).href;
}

export function entryFile(name: Parameters<typeof entryUrl>[0]): string {
  return fileURLToPath(entryUrl(name));
}

/** Types of what a locustfile may import, for an editor. */
export function declarationFile(): string {
  const fromSources = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSources ? "../index.ts" : "./index.d.ts", import.meta.url));
}

/** The demo's locustfile: in dist a copy, in the sources the example itself. */
export function demoLocustfile(): string {
  const fromSources = import.meta.url.endsWith(".ts");
  const at = fromSources ? "../../examples/shop/locustfile.ts" : "./demo/locustfile.ts";
  return fileURLToPath(new URL(at, import.meta.url));
}
