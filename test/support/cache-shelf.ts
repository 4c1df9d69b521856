/** What the cache holds, and who may see it: entries are written once and belong to the ref that wrote them. */
export interface CacheEntry {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly ref: string;
  readonly createdAtMs: number;
  /** Undefined until the upload is over: reserved, and found by nobody. */
  bytes: Buffer | undefined;
}

/** What a run's token permits: its own ref first, then what it may read beside it. */
export interface CacheScopes {
  readonly write: string | undefined;
  readonly read: readonly string[];
}

/** The entries of one repository's Actions cache. */
export class CacheShelf {
  readonly entries: CacheEntry[] = [];

  /** By GitHub's rules: each scope in turn; the exact key first, then the newest that begins so. */
  find(keys: readonly string[], { version, scopes }: { version: string; scopes: CacheScopes }): CacheEntry | undefined {
    for (const ref of scopes.read) {
      const here = this.entries.filter((entry) => entry.ref === ref && entry.version === version && entry.bytes);
      for (const key of keys) {
        const found =
          here.find((entry) => entry.key === key) ?? here.reverse().find((entry) => entry.key.startsWith(key));
        if (found) return found;
      }
    }
    return undefined;
  }

  /** Undefined if there is one already. */
  reserve({ key, version, ref }: Pick<CacheEntry, "key" | "version" | "ref">): CacheEntry | undefined {
    if (this.entries.some((entry) => entry.key === key && entry.version === version && entry.ref === ref)) {
      return undefined;
    }
    const id = this.entries.length + 1;
    const entry = { id, key, version, ref, createdAtMs: Date.UTC(2026, 0, 1) + id * 1000, bytes: undefined };
    this.entries.push(entry);
    return entry;
  }

  /** What GitHub drops after seven days. */
  drop(id: number): void {
    const at = this.entries.findIndex((entry) => entry.id === id);
    if (at >= 0) this.entries.splice(at, 1);
  }

  /** `GET /repos/{owner}/{repo}/actions/caches` */
  document(query: URLSearchParams): { total_count: number; actions_caches: object[] } {
    const rows = this.entries
      .filter(
        ({ bytes, ref, key }) => bytes && ref === (query.get("ref") ?? ref) && key.startsWith(query.get("key") ?? ""),
      )
      .sort((a, b) => b.createdAtMs - a.createdAtMs)
      .slice(0, Number(query.get("per_page") ?? 30));
    const stamp = (ms: number) => new Date(ms).toISOString();
    return {
      total_count: rows.length,
      actions_caches: rows.map(({ id, ref, key, version, createdAtMs, bytes }) => ({
        id,
        ref,
        key,
        version,
        last_accessed_at: stamp(createdAtMs),
        created_at: stamp(createdAtMs),
        size_in_bytes: bytes?.length ?? 0,
      })),
    };
  }
}

/** The claim of the runner's token that says what of the cache it may touch, and reading it. */
export function scopesClaim({ write, read }: CacheScopes): { readonly ac: string } {
  const permissions = new Map(read.map((ref) => [ref, 1]));
  if (write !== undefined) permissions.set(write, (permissions.get(write) ?? 0) | 2);
  return { ac: JSON.stringify([...permissions].map(([Scope, Permission]) => ({ Scope, Permission }))) };
}

export function scopesOf(authorization: string | undefined): CacheScopes {
  const payload = authorization?.replace(/^Bearer /i, "").split(".")[1];
  if (!payload) return { write: undefined, read: [] };
  const { ac = "[]" } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { ac?: string };
  const claims = JSON.parse(ac) as { Scope: string; Permission: number }[];
  return {
    write: claims.find(({ Permission }) => (Permission & 2) !== 0)?.Scope,
    read: claims.filter(({ Permission }) => (Permission & 1) !== 0).map(({ Scope }) => Scope),
  };
}
