import pg from "pg";
import { constant, events, task, User } from "swarmgate";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--postgres-url", { default: "postgres://localhost/postgres", envVar: "LOCUST_POSTGRES_URL" });
});

/** A user that speaks SQL: each statement is a request named after what it does. */
abstract class PostgresUser extends User {
  static override abstract = true;
  readonly #client = new pg.Client({ connectionString: String(this.environment.parsedOptions.postgresUrl) });

  override async onStart() {
    await this.#client.connect();
  }

  override async onStop() {
    await this.#client.end();
  }

  query(name: string, text: string, values: readonly unknown[] = []) {
    return events.request.measure("SQL", name, async (m) => {
      const { rows } = await this.#client.query(text, [...values]);
      m.responseLength = rows.length;
      return rows;
    });
  }
}

export class Buyer extends PostgresUser {
  override waitTime = constant(0.005);

  @task(4) async look() {
    await this.query("product by id", "select * from products where id = $1", [this.random.int(1, 120)]);
  }

  @task(1) async buy() {
    const values = [this.random.int(1, 120), this.index];
    await this.query("order", "insert into orders (product, buyer) values ($1, $2)", values);
  }

  @task(1) async buyNothing() {
    await this.query("order of nothing", "insert into orders (product, buyer) values ($1, $2)", [null, this.index]);
  }
}
