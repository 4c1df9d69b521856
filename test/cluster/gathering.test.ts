import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { deal } from "../../src/cluster/dealer.ts";
import { Gathering } from "../../src/cluster/gathering.ts";
import { readyProperties } from "../../src/cluster/ready-version.ts";
import type { WorkerNode } from "../../src/engine/node/node.ts";
import { decodeMessage, encodeMessage } from "../../src/protocol/codec.ts";
import type { WorkerMessage } from "../../src/protocol/messages.ts";
import { planFor } from "../engine/plan.ts";

const toClose: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

const plan = planFor({
  seed: "s",
  host: "http://shop.test",
  headers: [["Authorization", "secret"]],
  secrets: ["secret"],
});

/** A master's side that lets workers in once `open` was called, and notes what they say. */
async function gathering() {
  const notes: string[] = [];
  const nodes: WorkerNode[] = [];
  const said: WorkerMessage[] = [];
  const lost: string[] = [];
  const made = new Gathering({
    plan,
    clock: systemClock,
    bind: { host: "127.0.0.1", port: 0 },
    expected: 2,
    maxWaitMs: null,
    note: (text) => void notes.push(text),
  });
  const port = await made.listen();
  toClose.push(() => made.close());
  const open = () =>
    made.onNode((node) => {
      nodes.push(node);
      node.onMessage((message) => void said.push(message));
      node.onLost((reason) => void lost.push(`${node.id}: ${reason}`));
    });
  return { port, notes, nodes, said, lost, open, made };
}

/** A peer that connects; what it is told is noted. */
async function peer(port: number, { id = "vm_1", about = readyProperties(plan.engine) } = {}) {
  const options = { clock: systemClock, patienceMs: 0, signal: new AbortController().signal };
  const { connection } = await deal({ host: "127.0.0.1", port }, { ...options, identity: id, about });
  toClose.push(() => connection.close());
  const heard: ReturnType<typeof decodeMessage>[] = [];
  connection.onMessage((parts) => void heard.push(decodeMessage(parts[0] as Buffer)));
  const closed = new Promise<string>((resolve) => connection.onClose(resolve));
  const say = (type: string, data: unknown) => connection.send(encodeMessage({ type, data, node_id: id }));
  return { heard, closed, say, connection };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.sleep(5);
}

test("a worker is told what the load is, and no secret; its words come in as messages", async () => {
  const { port, said, nodes, notes, open } = await gathering();
  const worker = await peer(port);
  worker.say("join", { locustfile_hash: "another" });
  await systemClock.sleep(20);
  expect(worker.heard).toEqual([]);
  open();
  await until(() => worker.heard.length === 1);
  const [told] = worker.heard;
  expect(told).toMatchObject({ type: "plan", data: { index: 0, workers: 2, plan: { seed: "s", host: plan.host } } });
  expect(JSON.stringify(told)).not.toContain("secret");
  // It waited for a run; that is no time on the wire.
  expect(told).toHaveProperty("data.waited_ms", expect.any(Number));
  expect((told as { data: { waited_ms: number } }).data.waited_ms).toBeGreaterThanOrEqual(15);
  expect(notes.at(-1)).toBe("vm_1 has another locustfile than the master");
  worker.say("client_ready", "0.0.0");
  worker.say("heartbeat", { state: "ready" });
  worker.say("spawning_complete", { user_classes_count: { A: 2, B: 1 } });
  worker.say("mine", { any: "thing" });
  await until(() => said.length === 4 && worker.heard.length === 2);
  expect(said.map(({ type, data }) => [type, data])).toEqual([
    ["client_ready", "0.0.0"],
    ["heartbeat", { state: "ready", current_cpu_usage: 0, current_memory_usage: 0 }],
    ["spawning_complete", { user_classes_count: { A: 2, B: 1 }, user_count: 3 }],
    ["custom", { type: "mine", data: { any: "thing" } }],
  ]);
  expect(worker.heard[1]).toEqual({ type: "heartbeat", data: null, node_id: "vm_1" });
  nodes[0]?.send({ type: "stop", data: null, node_id: "vm_1" });
  await until(() => worker.heard.length === 3);
  expect(worker.heard[2]?.type).toBe("stop");
});

test.each([
  [{}, "only workers of swarmgate can join"],
  [readyProperties("9.9.9"), "the master is swarmgate 0.0.0, not 9.9.9"],
])("a peer that says %j of itself is refused by name, and told of once", async (about, reason) => {
  const { port, notes, nodes, open } = await gathering();
  open();
  for (let time = 0; time < 3; time++) {
    const { closed } = await peer(port, { about });
    expect(await closed).toBe(`refused us: ${reason}`);
  }
  expect(notes.filter((note) => note.includes(reason))).toHaveLength(1);
  expect(nodes).toEqual([]);
});

test.each([
  ["stats", null],
  ["stats", { user_classes_count: { A: -1 }, user_count: 0, snapshots: [] }],
  ["stats", { user_classes_count: {}, user_count: 1.5, snapshots: [] }],
  ["stats", { user_classes_count: {}, user_count: 1, snapshots: [{ block: 0 }] }],
  ["stats", { user_classes_count: {}, user_count: 1, snapshots: [], trouble: {} }],
  ["spawning_complete", 5],
  ["more_users", { count: "many" }],
  ["failed", {}],
])("a worker that says %s with %j is lost, and the others stay", async (type, data) => {
  const { port, said, lost, nodes, open } = await gathering();
  open();
  const [bad, good] = [await peer(port), await peer(port, { id: "vm_2" })];
  for (const worker of [bad, good]) worker.say("join", { locustfile_hash: "0" });
  await until(() => nodes.length === 2);
  bad.say(type, data);
  await bad.closed;
  await until(() => lost.length === 1);
  expect(lost[0]).toContain("vm_1: sent what cannot be understood");
  good.say("spawning", null);
  await until(() => said.length === 1);
  expect(said[0]).toEqual({ type: "spawning", data: null, node_id: "vm_2" });
});

test("the first that a worker hears is its plan, even where the run is ending", async () => {
  const { port, made } = await gathering();
  made.onNode((node) => node.send({ type: "quit", data: null, node_id: node.id }));
  const worker = await peer(port);
  worker.say("join", { locustfile_hash: "0" });
  await until(() => worker.heard.length === 2);
  expect(worker.heard.map(({ type }) => type)).toEqual(["plan", "quit"]);
});

test("an identity that is no name is refused, and does not reach the log as it is", async () => {
  const { port, notes, nodes, open } = await gathering();
  open();
  const { closed } = await peer(port, { id: "vm\n::error::mine" });
  expect(await closed).toBe("refused us: its identity is no name");
  expect(notes.join("|")).not.toContain("\n");
  expect(nodes).toEqual([]);
});

test("bytes that are no message, say much, or come before a join, end the connection", async () => {
  const { port, nodes, open } = await gathering();
  open();
  const garbage = await peer(port);
  garbage.connection.send(Buffer.from("ddffffffff", "hex"));
  await garbage.closed;
  const verbose = await peer(port, { id: "vm_3" });
  verbose.say("join", { locustfile_hash: "0".repeat(10_000) });
  expect(await verbose.closed).toContain("closed");
  const hasty = await peer(port, { id: "vm_2" });
  hasty.say("client_ready", "0.0.0");
  await hasty.closed;
  expect(nodes).toEqual([]);
});
