import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { GateError } from "../../src/base/errors.ts";
import { type Answer, readinessOf, waitUntilReady } from "../../src/gate/readiness.ts";

const asked = { url: "https://pr-1.example.app/", version: null };
const answer = (status: number, more: Partial<Answer> = {}): Answer => ({
  status,
  location: null,
  headers: {},
  body: "",
  ...more,
});

describe("readiness", () => {
  it("is 2xx, or a redirect on the same host", () => {
    expect(readinessOf(answer(200), asked).is).toBe("ready");
    expect(readinessOf(answer(302, { location: "/home" }), asked).is).toBe("ready");
    expect(readinessOf(answer(503), asked)).toEqual({ is: "not-yet", because: "answered 503" });
    expect(readinessOf(answer(404), asked).is).toBe("not-yet");
  });

  it("never comes from a protected target; the missing header is named", () => {
    expect(readinessOf(answer(401, { headers: { server: "Vercel" } }), asked)).toMatchObject({
      is: "never",
      hint: expect.stringContaining("x-vercel-protection-bypass"),
    });
    expect(readinessOf(answer(302, { location: "https://vercel.com/sso-api?url=x" }), asked)).toMatchObject({
      is: "never",
    });
    expect(readinessOf(answer(302, { location: "/login" }), asked)).toMatchObject({ is: "never" });
    expect(readinessOf(answer(401, { headers: { "www-authenticate": "Basic" } }), asked)).toMatchObject({
      hint: expect.stringContaining("Authorization"),
    });
  });

  it("waits for the version that was asked for, in a header or in the body", () => {
    const versioned = { ...asked, version: "abc123" };
    expect(readinessOf(answer(200, { body: "old" }), versioned).is).toBe("not-yet");
    expect(readinessOf(answer(200, { body: '{"sha":"abc123"}' }), versioned).is).toBe("ready");
    expect(readinessOf(answer(200, { headers: { "x-version": "abc123" } }), versioned).is).toBe("ready");
  });
});

describe("waiting", () => {
  const waiting = (url: string, timeoutMs: number, lines: string[] = []) => ({
    url,
    version: null,
    headers: [["x-key", "1"]] as const,
    timeoutMs,
    clock: systemClock,
    signal: new AbortController().signal,
    log: (line: string) => lines.push(line),
  });

  it("ends after three good answers in a row, with the extra headers sent", async () => {
    const statuses = [503, 200, 500, 200, 200, 200];
    let seen = 0;
    const server = createServer((request, response) => {
      response.statusCode = request.headers["x-key"] === "1" ? (statuses[seen++] ?? 200) : 400;
      response.end();
    });
    const port = await listen(server);
    await waitUntilReady(waiting(`http://127.0.0.1:${port}/`, 20_000));
    expect(seen).toBe(6);
    server.close();
  });

  it("gives up when the time is over, with exit code 4, saying why", async () => {
    const lines: string[] = [];
    const server = createServer();
    const port = await listen(server);
    server.close();
    const reason = await waitUntilReady(waiting(`http://127.0.0.1:${port}/`, 300, lines)).catch(
      (error: unknown) => error,
    );
    expect(reason).toBeInstanceOf(GateError);
    expect(reason).toMatchObject({
      code: "target-not-ready",
      exitCode: 4,
      message: expect.stringContaining("ECONNREFUSED"),
    });
    expect(lines).toHaveLength(1);
  });
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
