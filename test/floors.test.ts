import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** The floor plan of docs/ARCHITECTURE.md. A file imports from lower floors and from its own room. */
const rooms: Record<string, { floor: number; wing?: "load" | "gate" }> = {
  base: { floor: 0 },
  stats: { floor: 1 },
  service: { floor: 1 },
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

/** Sub-rooms, each above those before it. A file that stands in the room itself may lie beneath them or above. */
const subRooms: Record<string, readonly string[]> = {
  stats: ["document"],
  user: ["events", "waiting", "tasks", "shapes", "arguments", "loop"],
  http: ["wire", "answer", "request", "client", "web-socket"],
  loading: ["light"],
  engine: ["plan", "limits", "node", "locustfile", "worker", "master"],
  slo: ["threshold"],
  verdict: ["statistics", "side-by-side", "stored", "validity", "capacity", "troubles"],
  report: ["document", "view", "markdown", "html", "locust"],
  github: ["event", "api", "files", "cache", "comment", "deployment"],
  gate: ["swarm", "watch", "results"],
  door: ["github"],
  cli: ["options"],
};

/** Neither side runs the other: they exchange messages. */
const apart: readonly (readonly [string, string])[] = [["engine/master", "engine/worker"]];

/** A room that anyone can walk. One that must be larger has its reason in docs/ARCHITECTURE.md and stands here. */
const mostFiles = 24;
const larger: Record<string, number> = {};

/** Where each library may be imported; `""` is the top of src, the doors and what stands beside them. */
const confined: Record<string, readonly string[]> = {
  undici: ["http", "github/api/octokit.ts"],
  piscina: ["engine/node/thread-node.ts"],
  "@babel/": ["loading"],
  "@actions/": ["github", "baseline/artifact-store.ts", "baseline/cache-store.ts", "main.ts"],
  "@octokit/": ["github"],
  "markdown-table": ["report/markdown/markdown.ts", "report/markdown/table.ts"],
  "tough-cookie": ["http"],
  "@msgpack/": ["protocol/codec.ts"],
};

/** Below the doors nobody looks at the machine: clock, dice, environment and directory are arguments. */
const doors = ["main.ts", "cli.ts", "swarm.ts", "post.ts", "base/clock.ts", "demo/shop-main.ts"];
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

/** `engine/master` of a file in it; undefined for a file that stands in its room itself. */
function subRoomOf(file: string): string | undefined {
  const [room, sub, rest] = file.split("/");
  return rest === undefined ? undefined : `${room}/${sub}`;
}

/** What is wrong with an import inside one room. */
function complaintInside(room: string, { from, to }: Import): string | undefined {
  const [here, there] = [subRoomOf(from), subRoomOf(to)];
  if (here === undefined || there === undefined || here === there) return undefined;
  if (apart.some((pair) => pair.includes(here) && pair.includes(there)))
    return `${from} imports ${to}: ${here} and ${there} stand apart`;
  const order = subRooms[room] ?? [];
  const [mine, other] = [here, there].map((sub) => order.indexOf(sub.slice(room.length + 1))) as [number, number];
  if (mine < 0 || other < 0) return `${from} imports ${to}: a sub-room without a place in the order`;
  return other > mine ? `${from} imports ${to}: ${there} is above ${here}` : undefined;
}

/** Imports with every sub-room as one place, so that a cycle is one between sub-rooms or through the room around them. */
function bySubRoom(imports: readonly Import[]): Import[] {
  return imports
    .map(({ from, to }) => ({ from: subRoomOf(from) ?? from, to: subRoomOf(to) ?? to }))
    .filter(({ from, to }) => from !== to);
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
  if (roomOf(from) === roomOf(to)) return complaintInside(roomOf(from), { from, to });
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

  it("has no cycle between sub-rooms, nor through the room around them", () => {
    expect(findCycle(bySubRoom(all))).toBeUndefined();
  });

  it("has rooms one can walk", () => {
    const folders = Map.groupBy(files, (file) => dirname(file));
    const crowded = [...folders].filter(([folder, held]) => held.length > (larger[folder] ?? mostFiles));
    expect(crowded.map(([folder, held]) => `${folder}: ${held.length} files`)).toEqual([]);
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
    const inside = [...new Set(files.map(subRoomOf))].filter((sub) => sub !== undefined).toSorted();
    const ordered = Object.entries(subRooms).flatMap(([room, subs]) => subs.map((sub) => `${room}/${sub}`));
    expect(inside).toEqual(ordered.toSorted());
    expect(inside.filter((sub) => !plan.includes(`\n    ${sub.split("/")[1]}/`))).toEqual([]);
  });

  it("would notice a load-wing file that imports the gate wing", () => {
    const [edge] = importsOf("engine/master/master.ts", `import type { Verdict } from "../../verdict/verdict.ts";\n`);
    expect(edge && complaint(edge)).toContain("(load wing) imports verdict/verdict.ts (gate wing)");
  });

  it("would notice a sub-room that imports one above it, its opposite, and a way back through the room", () => {
    expect(complaint({ from: "http/wire/wire.ts", to: "http/client/session.ts" })).toContain("is above http/wire");
    expect(complaint({ from: "engine/master/master.ts", to: "engine/worker/worker.ts" })).toContain("stand apart");
    const back = [
      { from: "user/tasks/task-set.ts", to: "user/user.ts" },
      { from: "user/user.ts", to: "user/tasks/chooser.ts" },
    ];
    expect(findCycle(back)).toBeUndefined();
    expect(findCycle(bySubRoom(back))).toEqual(["user/tasks", "user/user.ts", "user/tasks"]);
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
