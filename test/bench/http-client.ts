/**
 * What one request costs the client: requests per second of 64 users on one core through `HttpClient`, beside a bare
 * undici dispatch and a bare socket. Start a server on another core first, then, for each kind:
 *   taskset -c 1 node test/bench/http-client.ts http://127.0.0.1:18080/ client 5
 * Kinds: client, undici, socket. Never part of the tests.
 */
import { connect } from "node:net";
import { Client } from "undici";
import { systemClock } from "../../src/base/clock.ts";
import { HttpClient } from "../../src/http/client/client.ts";
import { EndpointStats } from "../../src/stats/endpoint-stats.ts";
import type { UserRuntime } from "../../src/user/runtime.ts";
import { TaskActivity } from "../../src/user/task-activity.ts";

const [target = "http://127.0.0.1:18080/", kind = "client", secondsText = "5", usersText = "64"] =
  process.argv.slice(2);
const seconds = Number(secondsText);
const users = Number(usersText);
const url = new URL(target);
let requests = 0;

function ours(): void {
  const stats = new EndpointStats();
  const guard = { forbids: () => undefined, admit: () => true };
  const { signal } = new AbortController();
  for (let index = 0; index < users; index++) {
    const runtime = {
      clock: systemClock,
      index,
      arm: "head",
      host: url.origin,
      seed: "bench",
      signal,
      guard,
      witness: new TaskActivity(),
      hasRequestListeners: false,
      report: (sample: Parameters<EndpointStats["record"]>[0]) => {
        requests++;
        stats.record(sample);
      },
    } as unknown as UserRuntime;
    const client = new HttpClient(runtime);
    void (async () => {
      for (;;) await client.get(url.pathname);
    })();
  }
}

function undici(): void {
  for (let index = 0; index < users; index++) {
    const client = new Client(url.origin, { allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
    const headers = ["user-agent", "x", "accept-encoding", "gzip, deflate, br, zstd", "accept", "*/*"];
    const send = (): void => {
      client.dispatch(
        { path: url.pathname, method: "GET", headers },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: () => undefined,
          onResponseEnd: () => {
            requests++;
            queueMicrotask(send);
          },
          onResponseError: (_, error) => {
            throw error;
          },
        },
      );
    };
    send();
  }
}

function socket(): void {
  const text = `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\naccept: */*\r\n\r\n`;
  for (let index = 0; index < users; index++) {
    const buffer = Buffer.allocUnsafe(65536);
    const onread = {
      buffer,
      callback: () => {
        requests++;
        queueMicrotask(() => one.write(text, "latin1"));
        return true;
      },
    };
    const one = connect({ port: Number(url.port), host: url.hostname, noDelay: true, onread }, () => {
      one.write(text, "latin1");
    });
  }
}

({ client: ours, undici, socket })[kind as "client" | "undici" | "socket"]();
const memory = setInterval(() => undefined, 1000);
setTimeout(() => {
  const before = requests;
  const cpu = process.cpuUsage();
  setTimeout(() => {
    const used = process.cpuUsage(cpu);
    const done = requests - before;
    const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
    const each = (micros: number) => (micros / done).toFixed(2);
    console.log(
      `${kind}: ${Math.round(done / seconds)}/s, per request ${each(used.user)} µs user + ${each(used.system)} µs system, ${rss} MiB`,
    );
    clearInterval(memory);
    process.exit();
  }, seconds * 1000);
}, 500);
