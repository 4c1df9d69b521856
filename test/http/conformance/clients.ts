import { request as nodeRequest } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { Client } from "undici";
import { AnswerReader } from "../../../src/http/wire/answer-reader.ts";
import type { Carried } from "../../../src/http/wire/transport.ts";
import { serveRaw } from "../support/servers.ts";
import { TestWorld } from "../support/world.ts";
import type { AnswerCase, Outcome } from "./answers.ts";

/** What our client made of an answer. */
export interface Read {
  readonly outcome: Outcome | "waits for more";
  readonly kept: boolean;
}

/** The reader alone, without a socket: every cut is where it is said to be. */
export function byReader({ method = "GET", closes }: AnswerCase, parts: readonly Buffer[]): Read {
  const body: Buffer[] = [];
  let status = 0;
  let keepAlive: boolean | undefined;
  const request: Partial<Carried> = {
    method,
    onFirstByte: () => undefined,
    onHead: (head) => {
      status = head;
    },
    onData: (chunk) => void body.push(chunk),
  };
  const reader = new AnswerReader((_, head) => {
    keepAlive = head.keepAlive;
  });
  reader.request = request as Carried;
  reader.sent();
  const answer = (): Outcome => [status, Buffer.concat(body).toString("latin1")];
  for (const [i, part] of parts.entries()) {
    try {
      const left = reader.read(part, part.length, false);
      if (keepAlive === undefined) continue;
      const more = left > 0 || parts.slice(i + 1).some(({ length }) => length > 0);
      return { outcome: answer(), kept: keepAlive && !more };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { outcome: "fails", kept: false };
    }
  }
  if (closes !== true) return { outcome: "waits for more", kept: false };
  return { outcome: reader.endsHere() ? answer() : "fails", kept: false };
}

/** A server that sends these parts, each in a packet of its own as far as loopback lets them be. */
export interface Answering {
  readonly url: string;
  parts: readonly Buffer[];
  /** It closes the connection after them. */
  closes: boolean;
}

export async function answering(): Promise<Answering> {
  const answer: { -readonly [K in keyof Answering]: Answering[K] } = { url: "", parts: [], closes: false };
  const server = await serveRaw((socket, request) => {
    socket.setNoDelay(true);
    if (request.includes(" /next ")) socket.write("HTTP/1.1 204 No Content\r\n\r\n");
    else void send(socket, answer);
  });
  answer.url = server.url;
  return Object.defineProperty(answer, "connections", { get: () => server.connections });
}

async function send(socket: Socket, { parts, closes }: Answering): Promise<void> {
  for (const [i, part] of parts.entries()) {
    if (i > 0) await new Promise((polled) => setImmediate(polled));
    if (socket.destroyed) return;
    socket.write(part);
  }
  if (closes) socket.end();
}

/** Our client, and the headers it gives. */
export async function byUs(
  { method = "GET" }: AnswerCase,
  server: Answering & { readonly connections?: number },
): Promise<Read & { readonly headers: Headers }> {
  const world = new TestWorld(server.url);
  const before = server.connections ?? 0;
  const response = await world.client.request(method, "/", { allowRedirects: false, timeout: 5 });
  await world.client.get("/next");
  world.client.close();
  const kind = world.samples[0]?.failure?.kind;
  const failed = kind === "protocol" || kind === "reset";
  const outcome: Read["outcome"] = failed
    ? "fails"
    : kind === "timeout"
      ? "waits for more"
      : [response.status, response.bytes().toString("latin1")];
  return { outcome, kept: (server.connections ?? 0) - before === 1, headers: response.headers };
}

export function byNode({ method = "GET" }: AnswerCase, { url }: Answering): Promise<Outcome> {
  return new Promise((resolve) => {
    const fails = () => resolve("fails");
    const request = nodeRequest(url, { method, agent: false }, (response) => {
      buffer(response).then((body) => resolve([response.statusCode ?? 0, body.toString("latin1")]), fails);
    });
    request.on("error", fails);
    request.on("close", fails);
    request.end();
  });
}

export async function byUndici({ method = "GET" }: AnswerCase, { url }: Answering): Promise<Outcome> {
  const client = new Client(url);
  try {
    const { statusCode, body } = await client.request({ method, path: "/" });
    return [statusCode, Buffer.from(await body.arrayBuffer()).toString("latin1")];
  } catch {
    return "fails";
  } finally {
    await client.destroy();
  }
}
