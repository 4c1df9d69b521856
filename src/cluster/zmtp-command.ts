import { ZmtpError } from "./zmtp-frame.ts";

/** A command of ZMTP 3.0: its name and what stands behind it. */
export interface Command {
  readonly name: string;
  readonly data: Buffer;
}

/** Metadata of a connection; names in lower case, as they are compared without regard to it. */
export type Properties = ReadonlyMap<string, Buffer>;

/** A PING's context is at most so long (ZMTP 3.1). */
const pingContextBytes = 16;

export function encodeCommand({ name, data }: Command): Buffer {
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name, "ascii"), data]);
}

/** Throws ZmtpError. */
export function decodeCommand(body: Buffer): Command {
  const length = body[0] ?? 0;
  if (length === 0 || body.length < 1 + length) throw new ZmtpError("a command has no name");
  return { name: body.toString("latin1", 1, 1 + length), data: body.subarray(1 + length) };
}

/** READY: what kind of socket we are, our identity, what else we say of ourselves (`X-…`). */
export function readyCommand(properties: Readonly<Record<string, string>>): Command {
  const parts = Object.entries(properties).flatMap(([name, value]) => {
    const text = Buffer.from(value, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return [Buffer.from([name.length]), Buffer.from(name, "ascii"), length, text];
  });
  return { name: "READY", data: Buffer.concat(parts) };
}

/** Throws ZmtpError. */
export function readProperties(data: Buffer): Properties {
  const properties = new Map<string, Buffer>();
  let at = 0;
  while (at < data.length) {
    const nameEnd = at + 1 + (data[at] as number);
    if (nameEnd === at + 1 || nameEnd + 4 > data.length) throw new ZmtpError("the metadata of a peer is cut off");
    const valueEnd = nameEnd + 4 + data.readUInt32BE(nameEnd);
    if (valueEnd > data.length) throw new ZmtpError("the metadata of a peer is cut off");
    properties.set(data.toString("latin1", at + 1, nameEnd).toLowerCase(), data.subarray(nameEnd + 4, valueEnd));
    at = valueEnd;
  }
  return properties;
}

/** ERROR: why the handshake ends, in at most 255 bytes. */
export function errorCommand(reason: string): Command {
  const text = Buffer.from(reason, "ascii").subarray(0, 255);
  return { name: "ERROR", data: Buffer.concat([Buffer.from([text.length]), text]) };
}

export function readError(data: Buffer): string {
  return data.toString("latin1", 1, 1 + (data[0] ?? 0)).replace(/[^\x20-\x7e]/g, "?");
}

/** PING: are you there? The answer is due within the time to live, which is told in tenths of a second. */
export function pingCommand({ ttlMs }: { ttlMs: number }): Command {
  const data = Buffer.alloc(2);
  data.writeUInt16BE(Math.min(0xffff, Math.ceil(ttlMs / 100)));
  return { name: "PING", data };
}

/** The answer to a PING (ZMTP 3.1): its context, after two bytes of time to live. Throws ZmtpError. */
export function pongFor(ping: Buffer): Command {
  if (ping.length < 2 || ping.length > 2 + pingContextBytes) throw new ZmtpError("a PING of the wrong length");
  return { name: "PONG", data: ping.subarray(2) };
}
