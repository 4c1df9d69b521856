import { createServer, type Server } from "node:net";
import { GateError, messageOf } from "../base/errors.ts";
import { ZmtpConnection, type ZmtpLimits, type ZmtpPeer } from "./zmtp-connection.ts";

/** Connections at once, those that never say who they are among them. */
const mostConnections = 1024;

/** One peer of a router: a DEALER with a name of its own. */
export interface RouterPeer extends ZmtpPeer {
  readonly connection: ZmtpConnection;
  /** Where it is, for people. */
  readonly address: string;
}

/**
 * The side that listens: takes connections in and tells peers apart by their identity. As with libzmq, the first of
 * one identity keeps it; whoever comes with the same is refused as long as it is there.
 */
export class Router {
  readonly #server: Server;
  readonly #peers = new Map<string, RouterPeer>();
  readonly #connections = new Set<ZmtpConnection>();

  constructor(options: {
    about: Readonly<Record<string, string>>;
    limits?: Partial<ZmtpLimits>;
    /** Called for every peer, before its first message; sets the listeners of its connection. */
    onPeer: (peer: RouterPeer) => void;
  }) {
    const { about, limits, onPeer } = options;
    this.#server = createServer((socket) => {
      const address = `${socket.remoteAddress}:${socket.remotePort}`;
      const connection = new ZmtpConnection(socket, { socketType: "ROUTER", about, ...(limits && { limits }) });
      this.#connections.add(connection);
      socket.once("close", () => this.#connections.delete(connection));
      connection.onOpen((peer) => {
        if (peer.identity === "" || peer.identity.startsWith("\0")) return connection.refuse("no identity");
        if (this.#peers.has(peer.identity)) return connection.refuse("the identity is taken");
        const entry = { ...peer, connection, address };
        this.#peers.set(peer.identity, entry);
        socket.once("close", () => this.#peers.delete(peer.identity));
        onPeer(entry);
      });
    });
    this.#server.maxConnections = mostConnections;
  }

  /** Listens; `*` is every address, port 0 any free one. Resolves with the port. Throws GateError `master-bind`. */
  listen({ host, port }: { host: string; port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      // Also what fails later, a connection for which no file handle is left: it ends nothing, and nobody waits for this.
      this.#server.on("error", (error) =>
        reject(
          new GateError("master-bind", `cannot listen on ${host}:${port}: ${messageOf(error)}`, {
            hint: "Another master may run here: choose another --master-bind-port.",
          }),
        ),
      );
      this.#server.listen({ port, ...(host !== "*" && { host }) }, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  /** Ends every connection once all was sent, and stops listening. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) void connection.close();
    await ended;
  }
}
