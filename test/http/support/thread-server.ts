import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

/** A server on a thread of its own, closed when the test is over: it answers while the client's thread stands still. */
export interface ThreadServer {
  readonly port: number;
  /** What the server noted since this was last called. */
  notes(): string[];
}

/**
 * Starts `code`, the source of a function that gets what is `given` and a `note(text)`, has `require` in scope, and
 * returns a server. Rejects where that throws.
 */
export async function threadServer(code: string, given: Readonly<Record<string, unknown>> = {}): Promise<ThreadServer> {
  const { port1: read, port2: notes } = new MessageChannel();
  const source = `
    const { parentPort, workerData: { given, notes } } = require("node:worker_threads");
    const server = (${code})(given, (text) => notes.postMessage(text));
    server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
  `;
  const worker = new Worker(source, { eval: true, workerData: { given, notes }, transferList: [notes] });
  onTestFinished(async () => {
    read.close();
    await worker.terminate();
  });
  const port = await new Promise<number>((resolve, reject) => worker.once("message", resolve).once("error", reject));
  return {
    port,
    notes: () => {
      const all: string[] = [];
      for (;;) {
        const next = receiveMessageOnPort(read);
        if (next === undefined) return all;
        all.push(next.message);
      }
    },
  };
}
