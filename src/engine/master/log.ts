import { formatPlace, userPlace } from "../../base/user-place.ts";
import type { ExceptionData, TroubleData } from "../../protocol/messages.ts";
import { type ExceptionGroup, normalizeMessage } from "../../stats/failures.ts";
import type { UserTrouble, Warning } from "../../stats/run-result.ts";

/** Kinds of exceptions kept apart over all workers. */
const kindsKept = 200;

/** The troubles of all workers added up. */
export class MasterLog {
  #counts = { deadInOnStart: 0, killed: 0, retiredPairs: 0, lateStarts: 0, throttled: 0 };
  #peakUsers = 0;
  #targetUsers = 0;
  #exitCode: number | null = null;
  readonly #exceptions = new Map<string, ExceptionGroup>();
  readonly #awaits = new Map<string, { task: string; place: string | null; count: number }>();
  readonly #hosts = new Map<string, number>();
  readonly #warnings = new Map<string, Warning>();
  readonly #root: string | undefined;

  /** @param root places in the user's files are shown relative to it */
  constructor(root?: string) {
    this.#root = root;
  }

  exception(data: ExceptionData, { atMs }: { atMs: number }): void {
    const task = data.task ?? "";
    const key = `${task}\u0000${normalizeMessage(data.msg)}`;
    const known = this.#exceptions.get(key);
    const count = data.count ?? 1;
    const [firstMs, lastMs] = [data.first_ms ?? atMs, data.last_ms ?? atMs];
    if (known) {
      known.count += count;
      known.firstMs = Math.min(known.firstMs, firstMs);
      known.lastMs = Math.max(known.lastMs, lastMs);
    } else if (this.#exceptions.size < kindsKept) {
      const trace = data.traceback;
      const at = userPlace(trace);
      const place = at && formatPlace(at, this.#root);
      this.#exceptions.set(key, { message: data.msg, trace, ...(place && { place }), task, count, firstMs, lastMs });
    } else if (data.msg !== "(others)") {
      this.exception({ ...data, msg: "(others)", task: "(others)" }, { atMs });
    }
  }

  trouble(data: TroubleData): void {
    this.#counts.deadInOnStart += data.dead_in_on_start;
    this.#counts.killed += data.killed;
    this.#counts.retiredPairs += data.retired_pairs;
    this.#counts.lateStarts += data.late_starts;
    this.#counts.throttled += data.throttled;
    for (const { task, place, count } of data.missing_awaits) {
      const key = `${task}\u0000${place}`;
      this.#awaits.set(key, { task, place, count: (this.#awaits.get(key)?.count ?? 0) + count });
    }
    for (const { host, count } of data.forbidden_hosts) this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + count);
    for (const { code, message } of data.warnings) this.warn(code, message);
  }

  /** The same text is told once, whichever threads say it. */
  warn(code: string, message: string): void {
    if (this.#warnings.size < kindsKept) this.#warnings.set(`${code}\u0000${message}`, { code, message });
  }

  usersSeen(running: number): void {
    this.#peakUsers = Math.max(this.#peakUsers, running);
  }

  targetSeen(users: number): void {
    this.#targetUsers = Math.max(this.#targetUsers, users);
  }

  /** The master's own exit code wins over a worker's. */
  exitCode(code: number | null, { own }: { own: boolean }): void {
    if (own) this.#exitCode = code ?? this.#exitCode;
    else this.#exitCode ??= code;
  }

  get exceptionCount(): number {
    let sum = 0;
    for (const { count } of this.#exceptions.values()) sum += count;
    return sum;
  }

  get warnings(): Warning[] {
    const { lateStarts, throttled } = this.#counts;
    const list = [...this.#warnings.values()];
    if (throttled > 0) {
      list.push({
        code: "throttled",
        message: `${throttled} requests started later than asked: the rate cap held them`,
      });
    }
    if (lateStarts > 0) {
      list.push({ code: "late-starts", message: `${lateStarts} iterations started late: their users were still busy` });
    }
    return list;
  }

  toTrouble(): UserTrouble {
    const { deadInOnStart, killed, retiredPairs } = this.#counts;
    return {
      deadInOnStart,
      killed,
      retiredPairs,
      peakUsers: this.#peakUsers,
      targetUsers: this.#targetUsers,
      missingAwaits: [...this.#awaits.values()],
      exceptions: [...this.#exceptions.values()].sort((a, b) => b.count - a.count),
      forbiddenHosts: [...this.#hosts].map(([host, count]) => ({ host, count })),
      processExitCode: this.#exitCode,
    };
  }
}
