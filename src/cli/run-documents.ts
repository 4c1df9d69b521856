import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Told } from "../gate/world.ts";
import { renderConsole } from "../report/console.ts";
import { renderCsv } from "../report/csv.ts";
import { renderJunit } from "../report/junit.ts";
import { renderLocustJson } from "../report/locust-json.ts";
import type { Report } from "../report/report.ts";
import { lookUp } from "./layers.ts";
import type { Asked } from "./read-run.ts";
import type { Terminal } from "./terminal.ts";

/** Everything the options ask for beside the tables on the terminal. */
export async function writeWanted(
  { report, told }: { report: Report; told: Told },
  { asked, terminal }: { asked: Asked; terminal: Terminal },
): Promise<void> {
  const says = (name: string) => lookUp(asked.layers, name);
  const at = async (path: string) => {
    const file = resolve(terminal.directory, path);
    await mkdir(dirname(file), { recursive: true });
    return file;
  };
  const output = says("output");
  if (output) await copyFile(join(told.directory, "result.json"), await at(output));
  const csv = says("csv");
  if (csv) {
    const files = renderCsv(told.result, { fullHistory: says("csv-full-history") !== undefined });
    const prefix = await at(csv);
    await Promise.all([
      writeFile(`${prefix}_stats.csv`, files.stats),
      writeFile(`${prefix}_stats_history.csv`, files.statsHistory),
      writeFile(`${prefix}_failures.csv`, files.failures),
      writeFile(`${prefix}_exceptions.csv`, files.exceptions),
    ]);
  }
  const junit = says("junit");
  if (junit) await writeFile(await at(junit), renderJunit(report));
  const json = says("json-file");
  if (json) await writeFile(await at(`${json}.json`), renderLocustJson(told.result));
  if (says("json") !== undefined) terminal.out(renderLocustJson(told.result));
  if (json === undefined || asked.judges) terminal.error(`${renderConsole(report)}\n`);
}
