import { createServer } from "node:net";

/** Ports that nobody listens on now, on any address of this machine; all different. */
export async function freePorts(count: number): Promise<number[]> {
  // Held together, so that none is given out twice.
  const held = await Promise.all(Array.from({ length: count }, () => hold("::").catch(() => hold("0.0.0.0"))));
  await Promise.all(held.map(({ release }) => release()));
  return held.map(({ port }) => port);
}

function hold(host: string): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
