/** Which side of a side-by-side run: `head` is the version under test and the only arm of an ordinary run. */
export type Arm = "head" | "base";

/** One (method, name) pair, Locust's "stats entry". The name groups: `/item/{id}` stands for every item. */
export interface Endpoint {
  readonly method: string;
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
