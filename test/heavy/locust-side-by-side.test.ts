import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type ShopOptions, startShop } from "../../src/demo/shop.ts";
import { type AgreementOptions, expectAgreement } from "../examples/agreement.ts";
import { installed } from "../support/installed.ts";

/**
 * Public locustfiles, run by real Locust and by the built command line with the same options, each against a sample
 * shop of its own of one seed. Users end by themselves, so that what is sent does not depend on how fast it is sent.
 * `pip install locust==2.47.0`; `$LOCUST` names its binary.
 */

const locust = installed("locust", "LOCUST");
if (locust === undefined) console.log("no Locust: set LOCUST to its binary to run public locustfiles side by side");

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What both write for `--json-file`, as far as it is read here. */
interface Entry {
  readonly name: string;
  readonly method: string;
  readonly num_requests: number;
  readonly num_failures: number;
}

interface Names extends AgreementOptions {
  /** Tasks after which the port is stopped from outside. */
  readonly iterations?: number;
}

interface Pair {
  readonly python: string;
  readonly typescript: string;
  /** Options of both. */
  readonly args?: readonly string[];
  /** The shop's. */
  readonly shop?: ShopOptions;
}

async function runOne(tool: "locust" | "swarmgate", { python, typescript, args = [], shop }: Pair, names: Names) {
  const directory = mkdtempSync(join(tmpdir(), "locust-side-by-side-"));
  const target = await startShop({ seed: "side-by-side", ...shop });
  const stats = join(directory, "stats");
  const load = ["--headless", "--only-summary", "-u", "4", "-r", "50", "-t", "8s", "-H", target.url];
  const [file, words] =
    tool === "locust"
      ? [locust as string, ["-f", at(python)]]
      : [process.execPath, [at("../../dist/cli.js"), "run", "-f", at(typescript), "--seed", "side-by-side"]];
  // A port of another folder does not end by itself; its counterpart counts the same tasks.
  const bound = tool === "swarmgate" && names.iterations ? ["-i", String(names.iterations)] : [];
  try {
    const { exitCode, output } = await new Promise<{ exitCode: number; output: string }>((resolve) => {
      // Python would leave its bytecode beside the locustfiles.
      const env = { PATH: process.env.PATH, HOME: directory, PYTHONDONTWRITEBYTECODE: "1" };
      const options = { cwd: directory, env, timeout: 60_000 };
      execFile(file, [...words, ...load, ...args, ...bound, "--json-file", stats], options, (error, stdout, stderr) => {
        const code = error ? error.code : 0;
        resolve({ exitCode: typeof code === "number" ? code : -1, output: stdout + stderr });
      });
    });
    expect(existsSync(`${stats}.json`), `${tool} came to no statistics:\n${output}`).toBe(true);
    const entries = JSON.parse(readFileSync(`${stats}.json`, "utf8")) as readonly Entry[];
    const by = (count: (entry: Entry) => number) =>
      Object.fromEntries(entries.map((entry) => [`${entry.method} ${entry.name}`, count(entry)]));
    const [sent, failed] = [by(({ num_requests }) => num_requests), by(({ num_failures }) => num_failures)];
    expectAgreement({ sent, failed }, target, names);
    return { exitCode, output, sent, failed, served: target.log().endpoints };
  } finally {
    await target.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Ended = Awaited<ReturnType<typeof runOne>>;

/** Runs both at once; each has agreed with its own shop, and they with one another in exit code and names. */
async function runBoth(pair: Pair, names: Names = {}): Promise<{ theirs: Ended; ours: Ended }> {
  const [theirs, ours] = await Promise.all([runOne("locust", pair, names), runOne("swarmgate", pair, names)]);
  expect(ours.exitCode, `${theirs.output}\n${ours.output}`).toBe(theirs.exitCode);
  expect(Object.keys(ours.sent).toSorted(), ours.output).toEqual(Object.keys(theirs.sent).toSorted());
  return { theirs, ours };
}

const port = (name: string) => `../examples/locustfiles/${name}.ts`;
const sum = ({ sent }: Ended) => Object.values(sent).reduce((total, requests) => total + requests, 0);
/** Which share of each row failed. */
const shares = ({ sent, failed }: Ended) =>
  Object.fromEntries(Object.entries(sent).map(([name, requests]) => [name, (failed[name] ?? 0) / requests]));

/** All counts are the same. */
function expectEqual({ theirs, ours }: { readonly theirs: Ended; readonly ours: Ended }): void {
  expect(ours.sent).toEqual(theirs.sent);
  expect(ours.failed).toEqual(theirs.failed);
  expect(ours.served).toEqual(theirs.served);
}

describe.skipIf(locust === undefined)("a public locustfile ends as it does in Locust", () => {
  // Tasks picked by chance: how many of each is the dice's affair, how many in all and what share fails is not.
  describe("by weights", () => {
    it("merino-py: messages, a set of statuses, StopUser", async () => {
      const names = { "GET suggest": "GET /search", "GET missing": "GET /products/{id}" };
      const both = await runBoth({ python: "locustfiles/merino.py", typescript: port("l04-merino") }, { names });
      expect(both.theirs.exitCode).toBe(0);
      for (const ended of [both.theirs, both.ours]) {
        expect(ended.sent["GET suggest"]).toBe(160);
        expect(shares(ended)).toEqual({ "GET suggest": 0, "GET missing": 0 });
      }
    });

    it("locust-cloud: FastHttpUser's rest(), failures by hand", async () => {
      const both = await runBoth(
        { python: "locustfiles/locust_cloud.py", typescript: port("l14-locust-cloud") },
        { names: { "GET a page, not JSON": "GET /" }, iterations: 60 },
      );
      expect(both.theirs.exitCode).toBe(1);
      for (const ended of [both.theirs, both.ours]) {
        expect(sum(ended)).toBe(60);
        expect(shares(ended)).toEqual({ "GET /products": 0, "GET /search": 1, "GET a page, not JSON": 1 });
      }
    });

    it("BTC2023_WP_Project: a listener of quitting that decides for 11", async () => {
      const both = await runBoth(
        { python: "locustfiles/btc2023.py", typescript: port("l15-btc2023"), shop: { flakyRatio: 1 } },
        { iterations: 60 },
      );
      expect(both.theirs.exitCode).toBe(11);
      for (const ended of [both.theirs, both.ours]) {
        expect(sum(ended)).toBe(60);
        expect(shares(ended)).toEqual({ "GET /": 0, "GET /flaky": 1 });
      }
    });

    it("funkallero: weights, a wait, a listener of quitting that decides for 0", async () => {
      const both = await runBoth(
        { python: "locustfiles/funkallero.py", typescript: port("l16-funkallero") },
        { names: { "GET /products/7": "GET /products/{id}" }, iterations: 60 },
      );
      expect(both.theirs.exitCode).toBe(0);
      for (const ended of [both.theirs, both.ours]) {
        expect(sum(ended)).toBe(60);
        expect(shares(ended)).toEqual({ "GET /products": 0, "GET /products/7": 0 });
      }
    });
  });

  describe("in order, to the last request", () => {
    it("sock-shop's checkout: other requests while verdicts are open", async () => {
      const both = await runBoth(
        { python: "locustfiles/sock_shop.py", typescript: "locustfiles/sock-shop.ts" },
        {
          names: {
            "POST add to cart": "POST /cart",
            "GET basket": "GET /cart",
            "POST order": "POST /checkout",
            "GET sold out": "GET /products/{id}",
          },
        },
      );
      expectEqual(both);
      expect([both.theirs.exitCode, sum(both.theirs)]).toEqual([0, 128]);
    });

    it("azul: nested sets, interrupt, requests at once, a redirect that is the success", async () => {
      const both = await runBoth(
        { python: "locustfiles/azul.py", typescript: "locustfiles/azul.ts" },
        {
          names: {
            "GET opening": "GET /healthz",
            "GET entering": "GET /products",
            "GET leaving": "GET /home",
            "GET index page": "GET /products",
            "GET filters": "GET /products/{id}",
            "POST manifest": "POST /cart",
            "POST no manifest": "POST /cart",
          },
          stays: ["POST manifest"],
        },
      );
      expectEqual(both);
      expect([both.theirs.exitCode, sum(both.theirs)]).toEqual([1, 136]);
    });

    it("beneficiary-fhir-data: an abstract base, an argument of its own, tags, limits at the end", async () => {
      const args = ["-T", "coverage", "-E", "slow", "--fail-limit", "0.2"];
      const both = await runBoth(
        { python: "locustfiles/beneficiary.py", typescript: "locustfiles/beneficiary.ts", args },
        {
          names: {
            "GET arriving": "GET /healthz",
            "GET coverage by id": "GET /products/{id}",
            "GET contract": "GET /products",
            "GET coverage without a login": "GET /account",
          },
        },
      );
      expectEqual(both);
      expect([both.theirs.exitCode, sum(both.theirs)]).toEqual([22, 16]);
    });

    it("Locust's own browse_docs_sequence_test.py with both clients: names that nobody gave", async () => {
      const pages = [1, 2, 3].map((id) => [`GET /product/${id}`, "GET /product/{id}"] as const);
      const { theirs, ours } = await runBoth(
        { python: "locustfiles/browse_docs.py", typescript: "locustfiles/browse-docs.ts" },
        {
          names: {
            ...Object.fromEntries(pages),
            "GET /favicon.ico": "GET (unknown)",
            "DELETE /cart": "DELETE (unknown)",
            "HEAD /healthz": "GET /healthz",
            "GET /search?q=oak": "GET /search",
          },
        },
      );
      // The one difference: Locust's FastHttpUser leaves `params` out of the name, its HttpUser does not, and here the
      // two are one client. Each of the two users of FastHttpUser asks so once.
      const moved = {
        "GET /search": (theirs.sent["GET /search"] ?? 0) - 2,
        "GET /search?q=oak": (theirs.sent["GET /search?q=oak"] ?? 0) + 2,
      };
      expectEqual({ theirs: { ...theirs, sent: { ...theirs.sent, ...moved } }, ours });
      expect([theirs.exitCode, sum(theirs)]).toEqual([1, 48]);
    });
  });
});
