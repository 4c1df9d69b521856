import { connect } from "node:net";
import type { Clock } from "../base/clock.ts";
import { ExitCode, GateError } from "../base/errors.ts";
import { ZmtpConnection, type ZmtpOptions, type ZmtpPeer } from "./zmtp-connection.ts";

const retryMs = 1000;

/** A connection that is open, and who is at its other end. */
export interface Dealt {
  readonly connection: ZmtpConnection;
  readonly peer: ZmtpPeer;
}

/**
 * Connects to a router, again and again until it is there. Throws GateError `master-unreachable` when that took
 * longer than `patienceMs`, or at once when `signal` aborts.
 */
export async function deal(
  at: { readonly host: string; readonly port: number },
  options: Omit<ZmtpOptions, "socketType"> & { clock: Clock; patienceMs: number; signal: AbortSignal },
): Promise<Dealt> {
  const { clock, signal, patienceMs, ...zmtp } = options;
  const untilMs = clock.now() + patienceMs;
  for (;;) {
    const tried = await dealOnce(at, zmtp);
    if (typeof tried !== "string") return tried;
    if (signal.aborted || clock.now() + retryMs > untilMs) {
      throw new GateError("master-unreachable", `no master at ${at.host}:${at.port}: ${tried}`, {
        exitCode: ExitCode.ownFault,
        hint: "Is a master running there (--master), and may this machine reach its port?",
      });
    }
    await clock.sleep(retryMs, signal);
  }
}

function dealOnce(
  { host, port }: { host: string; port: number },
  options: Omit<ZmtpOptions, "socketType">,
): Promise<Dealt | string> {
  return new Promise((resolve) => {
    const connection = new ZmtpConnection(connect({ host, port }), { ...options, socketType: "DEALER" });
    connection.onOpen((peer) => resolve({ connection, peer }));
    connection.onClose(resolve);
  });
}
