import type { Clock } from "../base/clock.ts";
import type { NodeSource, WorkerNode } from "../engine/node/node.ts";
import type { LoadPlan } from "../engine/plan/load-plan.ts";
import { decodeMessage, encodeMessage } from "../protocol/codec.ts";
import { decodeWorkerMessage } from "./decode-worker-message.ts";
import { readyProperties, versionOf } from "./ready-version.ts";
import { RemoteNode } from "./remote-node.ts";
import { Router, type RouterPeer } from "./router.ts";
import { isRecord, sharedOf } from "./shared-plan.ts";

/** What a peer gets to say that it joins; nobody else has a business here. */
const joinMs = 10_000;
const mostRefusalsTold = 100;
/** What joins says little. */
const joinBytes = 8192;

export interface GatheringOptions {
  readonly plan: LoadPlan;
  readonly clock: Clock;
  /** Where to listen; `*` is every address, port 0 any free one. */
  readonly bind: { readonly host: string; readonly port: number };
  /** How many workers the test waits for, and how long, milliseconds; null for ever. */
  readonly expected: number;
  readonly maxWaitMs: number | null;
  /** Told what is worth knowing, one line each. */
  readonly note: (text: string) => void;
}

/**
 * The master's side of a cluster: listens, tells every worker that joins what the load is, and hands it to the run as
 * one more node. A worker is its connection: when that breaks it is lost, and comes again as another one.
 */
export class Gathering implements NodeSource {
  readonly expected: number;
  readonly maxWaitMs: number | null;
  readonly #options: GatheringOptions;
  readonly #router: Router;
  /** Who came before there was a run. */
  #lobby: (() => void)[] = [];
  readonly #refused = new Set<string>();
  #closed = false;
  #joined = 0;
  #take: ((node: WorkerNode) => void) | undefined;

  constructor(options: GatheringOptions) {
    this.#options = options;
    this.expected = options.expected;
    this.maxWaitMs = options.maxWaitMs;
    this.#router = new Router({ about: readyProperties(options.plan.engine), onPeer: (peer) => this.#meet(peer) });
  }

  /** Begins to listen; workers are let in once there is a run. Resolves with the port. Throws GateError. */
  async listen(): Promise<number> {
    const { bind, expected, note } = this.#options;
    const port = await this.#router.listen(bind);
    note(`waiting for ${expected === 1 ? "a worker" : `${expected} workers`} on ${bind.host}:${port}`);
    return port;
  }

  onNode(listener: (node: WorkerNode) => void): void {
    this.#take = listener;
    for (const admit of this.#lobby.splice(0)) admit();
  }

  /** Ends all connections, once what is on its way was sent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#router.close();
  }

  #meet(peer: RouterPeer): void {
    const { plan } = this.#options;
    const { connection, properties } = peer;
    const version = versionOf(properties);
    const foreign = version === undefined ? "only workers of swarmgate can join" : undefined;
    // What a stranger calls itself reaches the log only if it is a name.
    const shown = version !== undefined && /^[\w.+-]{1,40}$/.test(version) ? version : "another version";
    const other = version === plan.engine ? undefined : `the master is swarmgate ${plan.engine}, not ${shown}`;
    const nameless = /^[^\p{C}\s]{1,255}$/u.test(peer.identity) ? undefined : "its identity is no name";
    const fault = foreign ?? other ?? nameless;
    if (fault !== undefined) {
      this.#refuse(peer, fault);
      return;
    }
    const overdue = setTimeout(() => connection.refuse("it did not join in time"), joinMs);
    connection.onClose(() => clearTimeout(overdue));
    connection.onMessage((parts) => {
      const first = parts.at(-1) ?? Buffer.alloc(0);
      if (first.length > joinBytes) throw new RangeError("it said much before it joined");
      const { type, data } = decodeMessage(first);
      if (type !== "join" || !isRecord(data)) throw new RangeError("it said something before it joined");
      clearTimeout(overdue);
      connection.onMessage(() => {
        throw new RangeError("it said something before it was let in");
      });
      const cameMs = this.#options.clock.now();
      if (this.#take) this.#admit(peer, data, { cameMs });
      else this.#lobby.push(() => this.#admit(peer, data, { cameMs }));
    });
  }

  #refuse({ identity, connection, address }: RouterPeer, reason: string): void {
    // libzmq comes again ten times a second; each is told of once.
    if (!this.#refused.has(identity) && this.#refused.size < mostRefusalsTold) {
      this.#refused.add(identity);
      this.#options.note(`refused ${JSON.stringify(identity)} from ${address}: ${reason}`);
    }
    connection.refuse(reason);
  }

  #admit(
    peer: RouterPeer,
    { locustfile_hash }: Readonly<Record<string, unknown>>,
    { cameMs }: { cameMs: number },
  ): void {
    const { plan, clock, note, expected } = this.#options;
    const { identity, connection, address } = peer;
    const index = this.#joined++;
    note(`${identity} joined from ${address}${index < expected ? ` (${index + 1} of ${expected})` : ""}`);
    if (locustfile_hash !== plan.locustfileHash) note(`${identity} has another locustfile than the master`);
    const node = new RemoteNode(identity, connection);
    connection.onClose((reason) => {
      if (!this.#closed) note(`${identity} is gone: ${reason}`);
      node.left(reason);
    });
    connection.onMessage((parts) => {
      node.take(decodeWorkerMessage(identity, decodeMessage(parts.at(-1) ?? Buffer.alloc(0))));
    });
    const workers = Math.max(expected, this.#joined);
    const nowMs = clock.now();
    const data = { index, workers, now_ms: nowMs, waited_ms: nowMs - cameMs, plan: sharedOf(plan) };
    connection.send(encodeMessage({ type: "plan", data, node_id: identity }));
    // After its plan: the first that a run which is ending says is "quit".
    this.#take?.(node);
  }
}
