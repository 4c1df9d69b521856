import { BoundedMap } from "../../base/bounded.ts";
import { messageOf, traceOf } from "../../base/errors.ts";
import { permissionAdvice } from "../../base/permission-advice.ts";
import type { Redactor } from "../../base/redact.ts";
import type { ExceptionData, TroubleData } from "../../protocol/messages.ts";
import { normalizeMessage, shownMessage } from "../../stats/failures.ts";

/** Kinds of exceptions, tasks, hosts and warnings kept apart; what comes after is counted together. */
const kindsKept = 100;
const other = "(others)";

interface Grouped {
  readonly msg: string;
  readonly traceback: string;
  readonly task: string;
  count: number;
  first_ms: number;
  last_ms: number;
}

/** What goes wrong with the users of one worker, grouped and bounded, handed over piece by piece. */
export class TroubleLog {
  readonly #redactor: Redactor;
  readonly #exceptions = new BoundedMap<Grouped>(kindsKept, other);
  readonly #awaits = new BoundedMap<{ task: string; place: string | null; count: number }>(kindsKept, other);
  readonly #hosts = new BoundedMap<{ host: string; count: number }>(kindsKept, other);
  readonly #warnings = new Map<string, { code: string; message: string }>();
  /** Told once each, however often they come. */
  readonly #shownWarnings = new Set<string>();
  #counts = { deadInOnStart: 0, killed: 0, retiredPairs: 0, lateStarts: 0 };
  #lateStartsOfBlock = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  exception(thrown: unknown, { task, atMs }: { task: string; atMs: number }): void {
    const refused = permissionAdvice(thrown);
    const msg = refused ? this.#redactor.clean(refused) : shownMessage(this.#redactor.clean(messageOf(thrown)));
    const trace = traceOf(thrown);
    const group = this.#exceptions.getOrCreate(`${task}\u0000${normalizeMessage(msg)}`, (key) => ({
      msg: key === other ? other : msg,
      traceback: this.#redactor.clean(trace.slice(0, 4000)),
      task: key === other ? other : task,
      count: 0,
      first_ms: atMs,
      last_ms: atMs,
    }));
    group.count++;
    group.last_ms = Math.max(group.last_ms, atMs);
  }

  missingAwait({ task, place }: { task: string; place: string | null }): void {
    const found = this.#awaits.getOrCreate(`${task}\u0000${place}`, () => ({ task, place, count: 0 }));
    found.count++;
  }

  forbiddenHost(host: string): void {
    this.#hosts.getOrCreate(host, (key) => ({ host: key, count: 0 })).count++;
  }

  deadInOnStart(): void {
    this.#counts.deadInOnStart++;
  }

  killed(): void {
    this.#counts.killed++;
  }

  retiredPair(): void {
    this.#counts.retiredPairs++;
  }

  lateStart(): void {
    this.#counts.lateStarts++;
    this.#lateStartsOfBlock++;
  }

  warn(code: string, message: string): void {
    if (this.#shownWarnings.has(message) || this.#shownWarnings.size >= kindsKept) return;
    this.#shownWarnings.add(message);
    this.#warnings.set(message, { code, message: this.#redactor.clean(message) });
  }

  /** Late starts since this was asked last. */
  takeLateStarts(): number {
    const count = this.#lateStartsOfBlock;
    this.#lateStartsOfBlock = 0;
    return count;
  }

  /** Exceptions since this was asked last. */
  takeExceptions(): ExceptionData[] {
    const taken = [...this.#exceptions.values()];
    this.#exceptions.clear();
    return taken;
  }

  /** Everything else since this was asked last; undefined if there was nothing. */
  take({ throttled }: { throttled: number }): TroubleData | undefined {
    const { deadInOnStart, killed, retiredPairs, lateStarts } = this.#counts;
    const sum = deadInOnStart + killed + retiredPairs + lateStarts + throttled;
    if (sum + this.#awaits.size + this.#hosts.size + this.#warnings.size === 0) return undefined;
    const data: TroubleData = {
      dead_in_on_start: deadInOnStart,
      killed,
      retired_pairs: retiredPairs,
      late_starts: lateStarts,
      throttled,
      missing_awaits: [...this.#awaits.values()],
      forbidden_hosts: [...this.#hosts.values()],
      warnings: [...this.#warnings.values()],
    };
    this.#counts = { deadInOnStart: 0, killed: 0, retiredPairs: 0, lateStarts: 0 };
    this.#awaits.clear();
    this.#hosts.clear();
    this.#warnings.clear();
    return data;
  }
}
