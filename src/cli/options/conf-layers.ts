import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { GateError } from "../../base/errors.ts";
import type { Terminal } from "../terminal.ts";
import { parseConf, parseTomlConf } from "./conf-file.ts";
import { type Layer, layerOfConf } from "./layers.ts";

/** Locust's order, later wins: home, directory, pyproject, `--config`; so the last file comes first here. */
export async function confLayers(
  named: string | undefined,
  { directory, home }: Terminal,
): Promise<{ layers: Layer[]; configuration: string | null }> {
  const isOurs = named !== undefined && /\.ya?ml$/i.test(named);
  const candidates = [
    ...(named !== undefined && !isOurs ? [{ path: resolve(directory, named), must: true }] : []),
    { path: join(directory, "pyproject.toml"), must: false },
    { path: join(directory, "locust.conf"), must: false },
    { path: join(home, ".locust.conf"), must: false },
  ];
  const layers: Layer[] = [];
  for (const { path, must } of candidates) {
    if (!existsSync(path)) {
      if (must)
        throw new GateError("config-missing", `there is no configuration file at ${named}`, {
          hint: "--config takes a path",
        });
      continue;
    }
    const text = await readFile(path, "utf8");
    const source = path.startsWith(directory) ? path.slice(directory.length + 1) : path;
    layers.push(layerOfConf(path.endsWith(".toml") ? parseTomlConf(text, source) : parseConf(text, source), source));
  }
  return { layers, configuration: isOurs ? named : null };
}
