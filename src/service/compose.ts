/** Whether a command starts containers of a Compose project. */
export function usesCompose(command: string): boolean {
  return /\b(?:docker|podman)(?:\s+|-)compose\b/.test(command);
}

/** Ends a project and removes what it made: its containers, networks and volumes, of services no longer named too. */
export const composeDown = "docker compose down -v --remove-orphans";

/** The same for a project whose files may be gone. */
export function composeDownOf(project: string): readonly string[] {
  return ["docker", "compose", "-p", project, "down", "-v", "--remove-orphans"];
}

/** Published ports of a project's containers, from `docker ps --format {{.Ports}}`: `0.0.0.0:8080->80/tcp, …`. */
export function publishedPorts(listing: string): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const [, from = "", to = from] of listing.matchAll(/:(\d+)(?:-(\d+))?->/g)) {
    const last = Math.min(Number(to), 65_535);
    for (let port = Number(from); port <= last; port++) ports.add(port);
  }
  return ports;
}
