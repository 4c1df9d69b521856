import dns, { getServers, type LookupAllOptions, type LookupOptions } from "node:dns";
import net, { isIP, type LookupFunction } from "node:net";
import { forbiddenAddress, forbiddenHost } from "./forbidden-addresses.ts";

/** A connection that was refused before it was made. */
export class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
  readonly code = "FORBIDDEN_ADDRESS";
}

/** Where something in this process connects to. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

interface ConnectOptions {
  readonly host?: string;
  readonly port?: number | string;
  readonly path?: string;
  readonly lookup?: LookupFunction;
}

type Connect = (this: net.Socket, ...args: unknown[]) => net.Socket;

/** Whoever wants to know where connections lead. */
export interface SocketListener {
  /** A connection is about to be made. */
  readonly connects?: (to: Destination) => void;
  /** One was refused. */
  readonly refused?: (to: Destination) => void;
}

let listeners: SocketListener[] | undefined;

/**
 * From now on no TCP connection of this thread, whoever opens it, leads to a metadata or link-local address: a name is
 * judged by every address it resolves to, in the lookup that the connection itself uses. Configured name servers are
 * reached on port 53. To be called before user code is loaded; later calls only add a listener.
 */
export function guardSockets(listener?: SocketListener): void {
  if (listeners === undefined) {
    listeners = [];
    install(listeners);
  }
  if (listener) listeners.push(listener);
}

function install(told: readonly SocketListener[]): void {
  const resolvers = new Set(
    getServers().map((server) => server.replace(/^\[([^\]]*)\].*$/, "$1").replace(/^([\d.]+):\d+$/, "$1")),
  );
  const connect = net.Socket.prototype.connect as Connect;
  const guarded: Connect = function guardedConnect(...args) {
    const options = optionsOf(args);
    // A pipe, or arguments that Node itself refuses.
    if (options === undefined || typeof options.path === "string") return connect.apply(this, args);
    const host = options.host ?? "localhost";
    const port = Number(options.port);
    const why = (address: string): ForbiddenAddress | undefined => {
      if (port === 53 && resolvers.has(address)) return undefined;
      const what = forbiddenAddress(address);
      if (what === undefined) return undefined;
      for (const { refused } of told) refused?.({ host, port });
      const resolved = address === host ? address : `${host} resolves to ${address}, which`;
      return new ForbiddenAddress(`${resolved} is ${what}, never a target`);
    };
    const named = isIP(host) === 0 ? forbiddenHost(host) : undefined;
    if (named !== undefined) for (const { refused } of told) refused?.({ host, port });
    const refusal = isIP(host) === 0 ? named && new ForbiddenAddress(`${host} is ${named}, never a target`) : why(host);
    if (refusal) {
      this.destroy(refusal);
      return this;
    }
    for (const { connects } of told) connects?.({ host, port });
    if (isIP(host) !== 0) return connect.apply(this, args);
    const resolve = options.lookup ?? (dns.lookup as LookupFunction);
    return connect.apply(this, withOptions(args, { ...options, lookup: judging(resolve, why) }));
  };
  net.Socket.prototype.connect = guarded as typeof net.Socket.prototype.connect;
}

/** A lookup that fails for a name with a forbidden address, whichever of its addresses would have been taken. */
function judging(resolve: LookupFunction, why: (address: string) => Error | undefined): LookupFunction {
  return (hostname, options: LookupOptions | LookupAllOptions, callback) => {
    resolve(hostname, options as LookupAllOptions, (error, found, family) => {
      const addresses = error ? [] : typeof found === "string" ? [found] : found.map(({ address }) => address);
      const refusal = addresses.map(why).find((each) => each !== undefined);
      if (refusal === undefined) callback(error, found, family);
      else callback(refusal, "", 0);
    });
  };
}

/** What `connect` was asked for: as an object, as `net.connect` hands it on, or as port and host. */
function optionsOf([first, second]: readonly unknown[]): ConnectOptions | undefined {
  if (Array.isArray(first)) return optionsOf(first);
  if (typeof first === "object" && first !== null) return first;
  const isPort = typeof first === "number" || (typeof first === "string" && /^\s*\d+\s*$/.test(first));
  if (!isPort) return undefined;
  return { port: Number(first), ...(typeof second === "string" ? { host: second } : {}) };
}

function withOptions(args: readonly unknown[], options: ConnectOptions): unknown[] {
  const [first, ...rest] = args;
  if (Array.isArray(first)) {
    // The list that `net.connect` made bears a mark of Node's own: it is kept.
    first[0] = options;
    return [first, ...rest];
  }
  if (typeof first === "object") return [options, ...rest];
  return [options, ...rest.filter((each) => typeof each === "function")];
}
