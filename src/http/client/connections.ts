import { defaultConnectionsPerUser, defaultPoolSize } from "../settings.ts";
import type { Address, Transport } from "../wire/transport.ts";
import { Wire } from "../wire/wire.ts";
import type { HttpRuntime } from "./http-runtime.ts";

/**
 * The connections one user holds: one to each origin as a rule, more only while it makes requests at once, so that a
 * slow answer does not hold up the others.
 */
export class Connections {
  readonly #world: HttpRuntime;
  #own: Transport[] = [];

  #sharing = false;

  constructor(world: HttpRuntime) {
    this.#world = world;
  }

  transportFor(address: Address): Transport {
    const shared = this.#world.settings.sharedPool === true;
    const list = shared ? this.#pooled(address.origin) : this.#own;
    let here = 0;
    for (const transport of list) {
      if (transport.origin !== address.origin) continue;
      if (transport.free) return transport;
      here++;
    }
    const { connectionsPerUser = defaultConnectionsPerUser, poolSize = defaultPoolSize } = this.#world.settings;
    if (here < (shared ? poolSize : connectionsPerUser)) {
      const transport = this.#open(address);
      list.push(transport);
      return transport;
    }
    return this.#shortest(list, address.origin);
  }

  #open(address: Address): Transport {
    const { undici: Undici, settings } = this.#world;
    const byUndici = settings.proxy !== undefined || (settings.http2 === true && address.secure);
    return byUndici && Undici ? new Undici(this.#world, address, settings.proxy) : new Wire(this.#world, address);
  }

  #shortest(list: readonly Transport[], origin: string): Transport {
    return list
      .filter((transport) => transport.origin === origin)
      .reduce((best, one) => (one.waiting < best.waiting ? one : best));
  }

  #pooled(origin: string): Transport[] {
    if (!this.#sharing) {
      this.#sharing = true;
      this.#world.poolUsers++;
    }
    let pool = this.#world.pool.get(origin);
    if (!pool) {
      pool = [];
      this.#world.pool.set(origin, pool);
    }
    return pool;
  }

  close(): void {
    for (const transport of this.#own) transport.close();
    this.#own = [];
    if (!this.#sharing) return;
    this.#sharing = false;
    if (--this.#world.poolUsers > 0) return;
    for (const transport of [...this.#world.pool.values()].flat()) transport.close();
    this.#world.pool.clear();
  }
}
