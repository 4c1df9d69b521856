import type { LookupFunction } from "node:net";
import type { TrafficGuard, UserRuntime } from "../../user/runtime.ts";
import { acceptEncoding } from "../answer/decode.ts";
import { HeaderList } from "../header-list.ts";
import { type Plan, Plans, planFor } from "../request/plan.ts";
import { defaultConnectTimeoutMs, defaultUserAgent, type HttpSettings } from "../settings.ts";
import { noTls } from "../wire/connect.ts";
import { Deadlines } from "../wire/deadlines.ts";
import { guardedLookup } from "../wire/guarded-lookup.ts";
import type { Address, Transport } from "../wire/transport.ts";
import type { UndiciTransport } from "../wire/undici-transport.ts";
import type { WireContext } from "../wire/wire.ts";

/** What all clients of one thread and run have in common, so that a user holds next to nothing of its own. */
export class HttpRuntime implements WireContext {
  readonly clock: UserRuntime["clock"];
  readonly deadlines: Deadlines;
  readonly settings: HttpSettings;
  readonly lookup: LookupFunction;
  readonly sockets = openSockets;
  /** Connections of a shared pool, by origin. */
  readonly pool = new Map<string, Transport[]>();
  /** Users that may use the pool; the last to go closes it. */
  poolUsers = 0;
  readonly #guard: TrafficGuard;
  readonly #extraHeaders: UserRuntime["extraHeaders"];
  readonly #plans = new Map<string, Plans>();
  readonly #defaults = new Map<string, HeaderList>();

  /** undici's connections, once they are there; only runs that ask for HTTP/2 or a proxy load them. */
  undici: typeof UndiciTransport | undefined;
  /** While they are being loaded. */
  loading: Promise<void> | undefined;

  constructor(runtime: UserRuntime, settings: HttpSettings) {
    this.clock = runtime.clock;
    this.deadlines = new Deadlines(runtime.clock);
    this.settings = settings;
    this.#guard = runtime.guard;
    this.lookup = guardedLookup(runtime.guard);
    this.#extraHeaders = runtime.extraHeaders;
    if (settings.http2 === true || settings.proxy !== undefined) this.loading = this.#load();
  }

  async #load(): Promise<void> {
    const { UndiciTransport } = await import("../wire/undici-transport.ts");
    this.undici = UndiciTransport;
    this.loading = undefined;
  }

  get tls() {
    return this.settings.tls ?? noTls;
  }

  get connectTimeoutMs(): number {
    return this.settings.connectTimeoutMs ?? defaultConnectTimeoutMs;
  }

  /** Plans of all users with one base URL. */
  plansFor(base: string | undefined): Plans {
    let plans = this.#plans.get(base ?? "");
    if (!plans) {
      plans = new Plans(base, (url) => this.#forbids(url));
      this.#plans.set(base ?? "", plans);
    }
    return plans;
  }

  planOf(url: URL): Plan {
    return planFor(url, (target) => this.#forbids(target));
  }

  /** What goes to a proxy goes there, whatever its URL says. */
  #forbids(url: URL): string | undefined {
    const { proxy } = this.settings;
    const forbidden = this.#guard.forbids(url);
    if (forbidden !== undefined || proxy === undefined || !URL.canParse(proxy)) return forbidden;
    return this.#guard.forbids(new URL(proxy));
  }

  /** What every request to an origin carries unless its user says otherwise: our own headers and the run's. */
  defaultHeaders({ origin }: Address, url: URL): HeaderList {
    let list = this.#defaults.get(origin);
    if (!list) {
      list = HeaderList.empty
        .with([
          ["user-agent", this.settings.userAgent ?? defaultUserAgent],
          ["accept-encoding", acceptEncoding],
          ["accept", "*/*"],
        ])
        .with(this.#extraHeaders?.(url) ?? []);
      if (this.#defaults.size > 500) this.#defaults.clear();
      this.#defaults.set(origin, list);
    }
    return list;
  }
}

/** Sockets open now in this thread, for the health of the generator. */
export const openSockets = { open: 0 };

const worlds = new WeakMap<TrafficGuard, Map<HttpSettings, HttpRuntime>>();

/** The world of a user: one per run and settings. A run has one guard per thread. */
export function httpRuntimeOf(runtime: UserRuntime, settings: HttpSettings): HttpRuntime {
  let bySettings = worlds.get(runtime.guard);
  if (!bySettings) {
    bySettings = new Map();
    worlds.set(runtime.guard, bySettings);
  }
  let world = bySettings.get(settings);
  if (!world) {
    world = new HttpRuntime(runtime, settings);
    bySettings.set(settings, world);
  }
  return world;
}
