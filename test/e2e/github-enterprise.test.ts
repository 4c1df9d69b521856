import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pullRequestEvent } from "../github/events.ts";
import { certificates } from "../http/support/servers.ts";
import { GitHubEmulator, type SeededPull } from "../support/github-emulator.ts";
import { ResultsService } from "../support/results-service.ts";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { Stage, told } from "../support/stage.ts";
import { tlsFront } from "../support/tls-front.ts";

/** Persona (c): GitHub Enterprise Server, runners of one's own. The lines C1 to C5 of the acceptance list. */

let stage: Stage;
let github: GitHubEmulator;
let pull: SeededPull;
const results = new ResultsService();
const enterprise = { GITHUB_SERVER_URL: "https://ghe.corp.example", RUNNER_ENVIRONMENT: "self-hosted" };

beforeAll(async () => {
  github = await GitHubEmulator.start();
  stage = new Stage(github);
  await stage.target.open();
  await results.listen();
  pull = await github.openPull({ branch: "enterprise" });
});
afterEach(() => stage.target.forget());
afterAll(async () => {
  await stage.target.close();
  await results.close();
  await github.close();
  cleanUpActionRuns();
});

const event = () => pullRequestEvent(pull);

describe("GitHub Enterprise Server", () => {
  it("C1: is asked through GITHUB_API_URL alone, C2: and never for artifacts, which is told", async () => {
    // Whatever went elsewhere would go through this proxy, which lets nothing through.
    const strayed: string[] = [];
    const proxy = createServer((req, res) => {
      strayed.push(req.url ?? "");
      res.writeHead(502).end();
    });
    proxy.on("connect", (req, socket) => {
      strayed.push(req.url ?? "");
      socket.end("HTTP/1.1 502 no\r\n\r\n");
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const outcome = await stage.act({
      event: event(),
      inputs: { "upload-artifact": "true", "baseline-store": "branch", status: "commit-status" },
      env: {
        ...results.env,
        ...enterprise,
        http_proxy: through,
        https_proxy: through,
        no_proxy: new URL(github.apiUrl).host,
      },
    });
    proxy.close();
    expect(outcome.exitCode, told(outcome)).toBe(0);
    // C4: nor does the load go through the proxy.
    expect(strayed).toEqual([]);
    expect(stage.target.load.length).toBeGreaterThan(5);
    expect(results.calls).toEqual([]);
    const notices = outcome.annotations.map(({ message }) => message).join("\n");
    expect(notices).toContain("this platform has no artifact service");
    expect(await stage.comments(pull)).toHaveLength(1);
  });

  it("C4: is reached through the proxy of the environment, the target is not", async () => {
    const seen: string[] = [];
    const api = new URL(github.apiUrl);
    const proxy = createServer((req, res) => {
      const asked = new URL(req.url ?? "");
      seen.push(asked.host);
      const path = asked.pathname.replace(/^\/api/, "") + asked.search;
      const { method, headers } = req;
      const onward = request({ host: "127.0.0.1", port: api.port, path, method, headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      });
      req.pipe(onward);
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const outcome = await stage.act({
      event: event(),
      env: { ...enterprise, http_proxy: through, https_proxy: through, GITHUB_API_URL: "http://ghe.corp.example/api" },
    });
    proxy.closeAllConnections();
    proxy.close();
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(new Set(seen)).toEqual(new Set(["ghe.corp.example"]));
    expect(stage.target.load.length).toBeGreaterThan(5);
  });

  it("C4: is trusted by its private authority, once that is named", async () => {
    const front = await tlsFront(github.apiUrl);
    const directory = mkdtempSync(join(tmpdir(), "swarmgate-ca-"));
    const authority = join(directory, "corp-ca.pem");
    writeFileSync(authority, certificates().ca);
    try {
      const env = { ...enterprise, GITHUB_API_URL: front.url };
      const trusting = await stage.act({ event: event(), env: { ...env, NODE_EXTRA_CA_CERTS: authority } });
      expect(trusting.exitCode, told(trusting)).toBe(0);
      expect(
        front.asked.some((line) => /^(PATCH|POST) .*\/comments/.test(line)),
        told(trusting),
      ).toBe(true);
      const before = front.asked.length;
      const lost = await stage.act({ event: event(), env });
      // The verdict stands; that it could not be told, and what to set, is told where it can be.
      expect(lost.exitCode, told(lost)).toBe(0);
      expect(front.asked.length).toBe(before);
      expect(lost.annotations.map(({ message }) => message).join("\n")).toContain("NODE_EXTRA_CA_CERTS");
    } finally {
      await front.close();
      rmSync(directory, { recursive: true });
    }
  });

  it("C3: a target is ready once it is the version that was asked for", async () => {
    let asked = 0;
    stage.target.behave = ({ path }, res) => {
      if (path !== "/healthz") return undefined;
      res.writeHead(200).end(`{"version":"${asked++ < 3 ? pull.baseSha : pull.headSha}"}`);
      return true;
    };
    const inputs = { "wait-for": "/healthz", "wait-for-version": pull.headSha, "wait-timeout": "30s" };
    const outcome = await stage.act({ event: event(), inputs, env: enterprise });
    expect(outcome.exitCode, told(outcome)).toBe(0);
    expect(asked).toBeGreaterThanOrEqual(6);
    stage.target.forget();
    const never = await stage.act({ event: event(), inputs: { ...inputs, "wait-timeout": "2s" }, env: enterprise });
    expect(never.exitCode).toBe(4);
    expect(never.outputs.reason).toBe("target-not-ready");
    expect(stage.target.load).toEqual([]);
  });

  it("C5: a runner that stays finds nothing left behind, after a cancelled run neither", async () => {
    const temporary = mkdtempSync(join(tmpdir(), "swarmgate-stays-"));
    let cancelled = false;
    const outcome = await stage.act({
      event: event(),
      inputs: { "run-time": "60s" },
      env: { ...enterprise, TMPDIR: temporary },
      onOutput: (_text, signal) => {
        if (cancelled || stage.target.load.length < 20) return;
        cancelled = true;
        signal("SIGTERM");
      },
    });
    expect(outcome.exitCode, told(outcome)).toBe(143);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
    expect(readdirSync(outcome.workspace).sort()).toEqual(["locustfile.ts"]);
    // Nobody loads the target any more.
    const then = stage.target.load.length;
    await new Promise((done) => setTimeout(done, 500));
    expect(stage.target.load.length).toBe(then);
  });
});
