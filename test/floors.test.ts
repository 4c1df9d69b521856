import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** The floor plan of docs/ARCHITECTURE.md. A file imports from lower floors and from its own room. */
const rooms: Record<string, { floor: number; wing?: "load" | "gate" }> = {
  base: { floor: 0 },
  stats: { floor: 1 },
  user: { floor: 2, wing: "load" },
  http: { floor: 3, wing: "load" },
  protocol: { floor: 3, wing: "load" },
  loading: { floor: 3, wing: "load" },
  engine: { floor: 4, wing: "load" },
  cluster: { floor: 5, wing: "load" },
  slo: { floor: 2, wing: "gate" },
  baseline: { floor: 2, wing: "gate" },
  "locust-csv": { floor: 2, wing: "gate" },
  verdict: { floor: 3, wing: "gate" },
  report: { floor: 4, wing: "gate" },
  github: { floor: 5, wing: "gate" },
  config: { floor: 6 },
  gate: { floor: 7 },
  door: { floor: 8 },
  cli: { floor: 9 },
  demo: { floor: 1 },
};

/** Where each library may be imported; `""` is the top of src, the doors and what stands beside them. */
const confined: Record<string, readonly string[]> = {
  undici: ["http", "github/api/octokit.ts"],
  piscina: ["engine/node/thread-node.ts"],
  "hdr-histogram-js": ["stats/histogram.ts"],
  "@babel/": ["loading"],
  "@actions/": ["github", "baseline/artifact-store.ts", "baseline/cache-store.ts", "main.ts"],
  "@octokit/": ["github"],
  "markdown-table": ["report/markdown/markdown.ts", "report/markdown/table.ts"],
  "tough-cookie": ["http"],
  "@msgpack/": ["protocol/codec.ts"],
};

/** Below the doors nobody looks at the machine: clock, dice, environment and directory are arguments. */
const doors = ["main.ts", "cli.ts", "swarm.ts", "base/clock.ts", "demo/shop-main.ts"];
const machine = /\bprocess\.(env|argv|cwd\(\))|\bDate\.now\(|\bMath\.random\(/;

const src = fileURLToPath(new URL("../src", import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import of every file, type imports too. `importsOf` is a parameter so that the rule itself can be tested. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g,
  )) {
    const specifier = (match[1] ?? match[2]) as string;
    const to = specifier.startsWith(".") ? relative(src, resolve(src, dirname(file), specifier)) : specifier;
    found.push({ from: file, to });
  }
  return found;
}

function roomOf(file: string): string {
  const [room = "", rest] = file.split("/");
  return rest === undefined ? "" : room;
}

/** What is wrong with one import, or undefined. */
function complaint({ from, to }: Import): string | undefined {
  for (const [library, places] of Object.entries(confined)) {
    if (to === library || to.startsWith(library.endsWith("/") ? library : `${library}/`)) {
      const allowed = places.some((place) => from === place || from.startsWith(`${place}/`));
      return allowed ? undefined : `${from} imports ${to}, which lives in ${places.join(", ")}`;
    }
  }
  if (!to.endsWith(".ts")) return undefined;
  const here = rooms[roomOf(from)];
  const there = rooms[roomOf(to)];
  if (roomOf(from) === "") return undefined;
  if (to === "gate.ts")
    return here && here.floor > 7 ? undefined : `${from} imports ${to}: rooms do not know the story`;
  if (roomOf(to) === "") return `${from} imports ${to}: rooms do not know the doors`;
  if (!here || !there) return `${from} imports ${to}: a room without a floor`;
  if (roomOf(from) === roomOf(to)) return undefined;
  if (here.wing && there.wing && here.wing !== there.wing)
    return `${from} (${here.wing} wing) imports ${to} (${there.wing} wing)`;
  if (there.floor >= here.floor) return `${from} (floor ${here.floor}) imports ${to} (floor ${there.floor})`;
  return undefined;
}

/** The first cycle found, as a path of files. */
function findCycle(imports: readonly Import[]): string[] | undefined {
  const edges = Map.groupBy(imports, (edge) => edge.from);
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { to } of edges.get(file) ?? []) {
      const cycle = visit(to, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));
const all = files.flatMap((file) => importsOf(file, readFileSync(join(src, file), "utf8")));

describe("the floor plan", () => {
  it("holds for every import in src", () => {
    expect(all.map(complaint).filter(Boolean)).toEqual([]);
  });

  it("has no cycle, type imports included", () => {
    expect(findCycle(all)).toBeUndefined();
  });

  it("keeps clock, dice, environment and directory at the doors", () => {
    const found = files.filter((file) => {
      const code = readFileSync(join(src, file), "utf8").replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
      return !doors.includes(file) && machine.test(code);
    });
    expect(found).toEqual([]);
  });

  it("names every room that exists", () => {
    const present = new Set(files.map(roomOf).filter(Boolean));
    expect([...present].filter((room) => !rooms[room])).toEqual([]);
    const plan = readFileSync(join(src, "../docs/ARCHITECTURE.md"), "utf8");
    expect([...present].filter((room) => !plan.includes(`${room}/`))).toEqual([]);
  });

  it("would notice a load-wing file that imports the gate wing", () => {
    const [edge] = importsOf("engine/master/master.ts", `import type { Verdict } from "../verdict/verdict.ts";\n`);
    expect(edge && complaint(edge)).toContain("(load wing) imports verdict/verdict.ts (gate wing)");
  });

  it("would notice an import upwards, a library out of its room and a cycle", () => {
    expect(complaint({ from: "stats/sample.ts", to: "user/user.ts" })).toContain("floor 1");
    expect(complaint({ from: "user/user.ts", to: "undici" })).toContain("lives in http");
    expect(
      findCycle([
        { from: "a.ts", to: "b.ts" },
        { from: "b.ts", to: "a.ts" },
      ]),
    ).toEqual(["a.ts", "b.ts", "a.ts"]);
  });
});
