import { randomUUID } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { ExitCode, GateError, messageOf } from "../base/errors.ts";
import { RateCap } from "../engine/limits/rate-cap.ts";
import type { WorkerNode } from "../engine/node/node.ts";
import { startThreads, type ThreadPool } from "../engine/node/thread-node.ts";
import type { LoadPlan } from "../engine/plan/load-plan.ts";
import { decodeMessage, encodeMessage } from "../protocol/codec.ts";
import { failureFromWire } from "../protocol/failure-wire.ts";
import type { MasterMessage } from "../protocol/messages.ts";
import { deal } from "./dealer.ts";
import { readyProperties, versionOf } from "./ready-version.ts";
import { isRecord, joinedPlan } from "./shared-plan.ts";
import type { ZmtpConnection } from "./zmtp-connection.ts";

/** As long as Locust's workers try. */
const patienceMs = 300_000;
/** What a thread gets to end after its master is gone. */
const farewellMs = 10_000;

export interface JoinOptions {
  readonly at: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** Name of this machine, before the underscore of a worker's id: users are spread over machines first. */
  readonly machineName: string;
  readonly pool?: ThreadPool | undefined;
  /** Aborted when this worker is to leave. */
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** A place in the swarm: a connection of its own for every thread, as Locust has one for every process. */
interface Place {
  readonly id: string;
  readonly connection: ZmtpConnection;
  readonly index: number;
  readonly workers: number;
  readonly shared: Readonly<Record<string, unknown>>;
  /** What the master said before the thread was there. */
  readonly early: MasterMessage[];
  /** The master's clock less ours, milliseconds. */
  readonly aheadMs: number;
}

/**
 * The worker's side of a cluster: joins with every thread of `plan`, runs what the master says until it says `quit`,
 * and passes on every word between the master and the threads. Throws GateError if there is no master, if it
 * vanishes, or if the locustfile cannot be loaded.
 */
export async function joinMaster(plan: LoadPlan, options: JoinOptions): Promise<void> {
  const places: Place[] = [];
  let threads: ReturnType<typeof startThreads> | undefined;
  try {
    for (let thread = 0; thread < plan.threads; thread++) places.push(await takePlace(plan, options));
    const [first] = places as [Place];
    threads = startThreads(joinedPlan(plan, first.shared), {
      budget: undefined,
      places: plan.maxRate === null ? undefined : RateCap.places(),
      pool: options.pool,
      seats: places.map(({ id, index, workers }) => ({ id, thread: index, threads: workers })),
    });
    const all = threads.nodes.map((node, i) => relay(node, places[i] as Place, options));
    const failures = (await Promise.all(all)).filter((failure) => failure !== undefined);
    if (failures[0]) throw failures[0];
  } catch (error) {
    // Whoever was told to leave does not mind how.
    if (!options.signal.aborted) throw error;
  } finally {
    await Promise.all(places.map(({ connection }) => connection.close()));
    await threads?.destroy();
  }
}

async function takePlace(plan: LoadPlan, { at, clock, machineName, signal, note }: JoinOptions): Promise<Place> {
  const id = `${machineName.replaceAll("_", "-")}_${randomUUID().replaceAll("-", "")}`;
  const about = readyProperties(plan.engine);
  const { connection, peer } = await deal(at, { identity: id, about, clock, patienceMs, signal });
  if (versionOf(peer.properties) === undefined) {
    await connection.close();
    throw new GateError("master-foreign", `the master at ${at.host}:${at.port} is not swarmgate`, {
      hint: "Workers of swarmgate work for a master of swarmgate alone so far.",
    });
  }
  const askedMs = clock.now();
  const early: MasterMessage[] = [];
  const answer = Promise.withResolvers<unknown>();
  connection.onMessage((parts) => {
    const { data } = decodeMessage(parts.at(-1) as Buffer);
    connection.onMessage((more) => void early.push(decodeMessage(more.at(-1) as Buffer) as MasterMessage));
    answer.resolve(data);
  });
  connection.onClose((reason) => answer.reject(refused(at, reason)));
  const leave = () => void connection.close();
  signal.addEventListener("abort", leave, { once: true });
  connection.send(encodeMessage({ type: "join", data: { locustfile_hash: plan.locustfileHash }, node_id: id }));
  const data = await answer.promise;
  signal.removeEventListener("abort", leave);
  const gotMs = clock.now();
  const { index, workers, now_ms, waited_ms, plan: shared } = isRecord(data) ? data : {};
  const areNumbers =
    typeof index === "number" &&
    typeof workers === "number" &&
    typeof now_ms === "number" &&
    typeof waited_ms === "number";
  if (!areNumbers || !isRecord(shared)) {
    await connection.close();
    throw refused(at, "its plan cannot be understood");
  }
  note(`joined the master at ${at.host}:${at.port} as worker ${index + 1}, ${id}`);
  return { id, connection, early, index, workers, shared, aheadMs: now_ms - (askedMs + gotMs + waited_ms) / 2 };
}

function refused(at: JoinOptions["at"], reason: string): GateError {
  return new GateError("master-refused", `the master at ${at.host}:${at.port} did not take this worker: ${reason}`, {
    exitCode: ExitCode.ownFault,
  });
}

/** Passes messages on until the thread ended; gives what went wrong. */
function relay(node: WorkerNode, place: Place, { clock, signal }: JoinOptions): Promise<GateError | undefined> {
  const { connection, id } = place;
  return new Promise((resolve) => {
    let saidQuit = false;
    let failure: GateError | undefined;
    const leave = () => {
      node.send({ type: "quit", data: null, node_id: id });
      void clock.sleep(farewellMs).then(() => resolve(failure));
    };
    const pass = (message: MasterMessage) => node.send(message.type === "spawn" ? onOurClock(message, place) : message);
    for (const message of place.early) pass(message);
    connection.onMessage((parts) => pass(decodeMessage(parts.at(-1) as Buffer) as MasterMessage));
    connection.onClose((reason) => {
      if (saidQuit) return;
      failure ??= new GateError("master-lost", `the master is gone: ${reason}`, { exitCode: ExitCode.ownFault });
      leave();
    });
    node.onMessage((message) => {
      if (message.type === "quit" || message.type === "failed") saidQuit = true;
      if (message.type === "failed") failure ??= failureFromWire(message.data);
      try {
        connection.send(encodeMessage(message));
      } catch (error) {
        failure ??= new GateError("worker-lost", `a "${message.type}" message cannot be sent: ${messageOf(error)}`, {
          exitCode: ExitCode.ownFault,
          hint: "A locustfile's own messages are made of text, numbers, lists and records.",
        });
        saidQuit = true;
        void connection.close();
        leave();
      }
    });
    node.onLost((reason) => {
      if (!saidQuit) {
        failure ??= new GateError("worker-lost", `a load-generating thread ended: ${reason}`, {
          exitCode: ExitCode.ownFault,
        });
      }
      saidQuit = true;
      void connection.close();
      resolve(failure);
    });
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
}

/** Blocks are numbered from the start signal, and the clocks of two machines never quite agree. */
function onOurClock(message: Extract<MasterMessage, { type: "spawn" }>, { aheadMs }: Place): MasterMessage {
  const { started_at, ...data } = message.data;
  if (started_at === undefined) return message;
  return { ...message, data: { ...data, started_at: started_at - aheadMs } };
}
