import { execFile } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A socket that waits for connections. */
export interface Listener {
  readonly port: number;
  /** Of the socket; 0 where the system does not say. */
  readonly inode: number;
}

const listening = "0A";

/** The listening sockets of `/proc/net/tcp` or `tcp6` (proc_pid_net(5)): addresses and ports are hexadecimal. */
export function parseListeners(table: string): Listener[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [, local = "", , state] = fields;
      if (state !== listening) return [];
      return [{ port: Number.parseInt(local.split(":").at(-1) ?? "", 16), inode: Number(fields[9] ?? 0) }];
    });
}

/** Listening sockets of this machine; null where they cannot be read. */
function listenersNow(): Listener[] | null {
  try {
    return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => parseListeners(readOr(path, "")));
  } catch {
    return null;
  }
}

function readOr(path: string, missing: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (path.endsWith("6")) return missing;
    throw error;
  }
}

/** Who listens on a port. */
export interface PortOwners {
  /** Processes whose sockets these are. */
  readonly pids: readonly number[];
  /** There are sockets whose process may not be looked at: another user's, or the kernel's. */
  readonly hidden: boolean;
}

/** Null where this system does not say. */
export async function ownersOf(port: number): Promise<PortOwners | null> {
  if (process.platform === "darwin") return await ownersByLsof(port);
  const listeners = process.platform === "linux" ? listenersNow() : null;
  if (listeners === null) return null;
  const inodes = new Set(listeners.filter((one) => one.port === port).map(({ inode }) => inode));
  const owners = inodes.size === 0 ? [] : holdersOf(inodes);
  const found = new Set(owners.flatMap(({ inodes: held }) => held));
  return { pids: owners.map(({ pid }) => pid), hidden: [...inodes].some((inode) => !found.has(inode)) };
}

/** Ports that processes listen on: what to say of a service that took another than it was told. */
export function portsOf(pids: readonly number[]): number[] {
  const listeners = process.platform === "linux" ? (listenersNow() ?? []) : [];
  const held = new Set(holdersOf(new Set(listeners.map(({ inode }) => inode)), pids).flatMap(({ inodes }) => inodes));
  return [...new Set(listeners.filter(({ inode }) => held.has(inode)).map(({ port }) => port))];
}

function holdersOf(
  inodes: ReadonlySet<number>,
  pids: readonly number[] = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number),
): { pid: number; inodes: number[] }[] {
  return pids.flatMap((pid) => {
    const held = socketsOf(pid).filter((inode) => inodes.has(inode));
    return held.length === 0 ? [] : [{ pid, inodes: held }];
  });
}

function socketsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`));
        return match ? [Number(match[1])] : [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function ownersByLsof(port: number): Promise<PortOwners | null> {
  return new Promise((resolve) => {
    execFile("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"], (error, stdout) => {
      const pids = stdout.split("\n").filter(Boolean).map(Number);
      // It ends with 1 where nobody listens.
      resolve(error && error.code !== 1 ? null : { pids, hidden: false });
    });
  });
}
