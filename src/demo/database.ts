import type { Clock } from "../base/clock.ts";
import { Random } from "../base/random.ts";
import type { Product } from "./catalogue.ts";

/** How long one kind of query takes: log-normal around the median, now and then a slow one. */
interface QueryCost {
  readonly medianMs: number;
  /** Standard deviation of the logarithm. */
  readonly spread: number;
  /** Share of queries that miss every cache, 0 to 1. */
  readonly slowRatio: number;
  /** How many times longer those take. */
  readonly slowFactor: number;
}

const costs = {
  read: { medianMs: 2, spread: 0.25, slowRatio: 0.02, slowFactor: 6 },
  scan: { medianMs: 4, spread: 0.3, slowRatio: 0.03, slowFactor: 6 },
  write: { medianMs: 6, spread: 0.3, slowRatio: 0.04, slowFactor: 5 },
} satisfies Record<string, QueryCost>;

export type QueryKind = keyof typeof costs;

/** The time that one answer spent in the database. */
export class QueryTimer {
  ms = 0;
  queries = 0;
}

export interface Order {
  readonly number: number;
  readonly lines: number;
  readonly totalCents: number;
}

/**
 * Tables in memory behind queries that take as long as a small database on the same network would. The nth query of
 * a kind takes the same time in every run of one seed.
 */
export class Database {
  readonly #clock: Clock;
  readonly #products: readonly Product[];
  readonly #dice: Record<QueryKind, Random>;
  #orders = 0;
  /** The planted regression: a search asks for the stock of each product found in a query of its own. */
  queriesPerRow = false;

  constructor(options: { clock: Clock; seed: string; products: readonly Product[] }) {
    this.#clock = options.clock;
    this.#products = options.products;
    this.#dice = {
      read: Random.from(options.seed, "query", "read"),
      scan: Random.from(options.seed, "query", "scan"),
      write: Random.from(options.seed, "query", "write"),
    };
  }

  async page(timer: QueryTimer, range: { offset: number; limit: number }): Promise<readonly Product[]> {
    await this.#query(timer, "scan");
    return this.#products.slice(range.offset, range.offset + range.limit);
  }

  async product(timer: QueryTimer, id: number): Promise<Product | undefined> {
    await this.#query(timer, "read");
    return this.#products[id - 1];
  }

  /** Up to ten products whose name or category contains `text`, with what is in stock. */
  async search(timer: QueryTimer, text: string): Promise<readonly (Product & { stock: number })[]> {
    await this.#query(timer, "scan");
    const wanted = text.toLowerCase();
    const matches = ({ name, category }: Product) => `${name} ${category}`.toLowerCase().includes(wanted);
    const found = this.#products.filter(matches).slice(0, 10);
    if (!this.queriesPerRow) await this.#query(timer, "read");
    const rows: (Product & { stock: number })[] = [];
    for (const product of found) {
      if (this.queriesPerRow) await this.#query(timer, "read");
      rows.push({ ...product, stock: (product.id * 7) % 23 });
    }
    return rows;
  }

  async placeOrder(timer: QueryTimer, cart: ReadonlyMap<number, number>): Promise<Order> {
    await this.#query(timer, "write");
    let totalCents = 0;
    for (const [id, quantity] of cart) totalCents += quantity * (this.#products[id - 1]?.priceCents ?? 0);
    return { number: ++this.#orders, lines: cart.size, totalCents };
  }

  /** One query that reads or writes what its caller keeps elsewhere (sessions, carts). */
  async touch(timer: QueryTimer, kind: QueryKind): Promise<void> {
    await this.#query(timer, kind);
  }

  async #query(timer: QueryTimer, kind: QueryKind): Promise<void> {
    const startMs = this.#clock.now();
    await this.#clock.sleep(durationMs(this.#dice[kind], costs[kind]));
    timer.ms += this.#clock.now() - startMs;
    timer.queries++;
  }
}

/** A log-normal draw; the normal deviate is Box and Muller's. Always three numbers of the stream. */
function durationMs(random: Random, cost: QueryCost): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.float()));
  const normal = radius * Math.cos(2 * Math.PI * random.float());
  const slow = random.float() < cost.slowRatio ? cost.slowFactor : 1;
  return cost.medianMs * Math.exp(cost.spread * normal) * slow;
}
