/**
 * Which side of a side-by-side run: `head` is the version under test and the only arm of an ordinary run.
 * @example
 * ```ts
 * const account = this.arm === "base" ? "load-base" : "load-head";
 * await this.client.post("/login", { form: { account } });
 * ```
 */
export type Arm = "head" | "base";

/**
 * One (method, name) pair, Locust's "stats entry". The name groups: `/item/{id}` stands for every item.
 * @example
 * ```ts
 * import type { Endpoint } from "swarmgate";
 *
 * const item: Endpoint = { method: "GET", name: "/item/{id}" };
 * ```
 */
export interface Endpoint {
  /** `GET`, or the type of another protocol, such as `grpc`. */
  readonly method: string;
  /** Path and query of the request, or the name it was given. */
  readonly name: string;
}

/** `GET /item/{id}`: how people and configuration files write an endpoint. */
export function endpointLabel({ method, name }: Endpoint): string {
  return method === "" ? name : `${method} ${name}`;
}

/** The key of an endpoint's cell within a snapshot. NUL cannot occur in a method and hardly in a name. */
export function cellKey(arm: Arm, endpoint: Endpoint): string {
  return `${arm}\u0000${endpoint.method}\u0000${endpoint.name}`;
}

/** What a cell key was made of. */
export function parseCellKey(key: string): { arm: Arm; endpoint: Endpoint } {
  const [arm, method = "", ...name] = key.split("\u0000");
  return { arm: arm === "base" ? "base" : "head", endpoint: { method, name: name.join("\u0000") } };
}

/** The name that endpoints beyond the limit are gathered under. */
export const otherEndpointName = "(other)";
