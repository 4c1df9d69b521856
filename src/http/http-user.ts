import type { UserRuntime } from "../user/runtime.ts";
import { User } from "../user/user.ts";
import { HttpClient } from "./client/client.ts";
import { type HttpSettings, noSettings } from "./settings.ts";

/**
 * A user that speaks HTTP through `this.client`. Export a class derived from it, and it runs.
 * @example
 * ```ts
 * import { HttpUser, between, task } from "swarmgate";
 *
 * export class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 *   @task(3) async home() {
 *     await this.client.get("/");
 *   }
 * }
 * ```
 */
export class HttpUser extends User {
  static override abstract: boolean = true;
  /** TLS, HTTP/2, proxy, pool and limits of this class's requests; where it says nothing, the run's hold. */
  static http: HttpSettings = noSettings;

  /** This user's own session: its connections, cookies, headers and credentials. */
  readonly client: HttpClient;

  constructor(runtime: UserRuntime) {
    super(runtime);
    const settings = settingsFor(new.target.http, runtime.http);
    this.client = new HttpClient(runtime, { settings, context: () => this.context() });
  }

  override [Symbol.dispose](): void {
    this.client.close();
    super[Symbol.dispose]();
  }
}

declare module "../user/tasks/task-set.ts" {
  /** A task set that does not say whose it is belongs to an HTTP user: `this.client` is there, and typed. */
  interface DefaultUser {
    readonly client: HttpClient;
  }
}

/**
 * The same class as `HttpUser`: there is one client, and it is the fast one.
 * @example
 * ```ts
 * import { FastHttpUser, task } from "swarmgate";
 *
 * export class Visitor extends FastHttpUser {
 *   @task async home() {
 *     await this.client.get("/");
 *   }
 * }
 * ```
 */
export const FastHttpUser = HttpUser;
export type FastHttpUser = HttpUser;

const merged = new WeakMap<HttpSettings, WeakMap<object, HttpSettings>>();

/** One object per class and run, so that all users of a class share what can be shared. */
function settingsFor(ofClass: HttpSettings, ofRun: object | undefined): HttpSettings {
  if (ofRun === undefined) return ofClass;
  let byRun = merged.get(ofClass);
  if (!byRun) {
    byRun = new WeakMap();
    merged.set(ofClass, byRun);
  }
  let settings = byRun.get(ofRun);
  if (!settings) {
    settings = { ...ofRun, ...ofClass };
    byRun.set(ofRun, settings);
  }
  return settings;
}
