import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What RFC 6455 adds to the client's key before hashing it. */
const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface WebSocketServer {
  readonly url: string;
  /** Text messages received. */
  received(): number;
  close(): Promise<void>;
}

/** Answers each text message of at most 125 bytes with what `answer` makes of it. RFC 6455, as much as that needs. */
export async function serveWebSocket(answer: (text: string) => string): Promise<WebSocketServer> {
  let received = 0;
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => void response.writeHead(400).end());
  server.on("upgrade", (request, socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${magic}`).digest("base64");
    const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join("\r\n")}\r\n\r\n`);
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let frame = nextFrame(rest); frame; frame = nextFrame(rest)) {
        rest = rest.subarray(frame.bytes);
        if (frame.opcode === 8) return void socket.end(Buffer.from([0x88, 0]));
        if (frame.opcode !== 1) continue;
        received++;
        const payload = Buffer.from(answer(frame.text));
        socket.write(Buffer.concat([Buffer.from([0x81, payload.length]), payload]));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

/** The first masked frame of `data`, if it is whole. */
function nextFrame(data: Buffer): { opcode: number; text: string; bytes: number } | undefined {
  if (data.length < 6) return undefined;
  const length = data.readUInt8(1) & 0x7f;
  const bytes = 6 + length;
  if (data.length < bytes) return undefined;
  const mask = data.subarray(2, 6);
  const payload = data.subarray(6, bytes).map((byte, at) => byte ^ mask.readUInt8(at % 4));
  return { opcode: data.readUInt8(0) & 0x0f, text: Buffer.from(payload).toString("utf8"), bytes };
}
