import type { BaselineStore, Loaded, Saved } from "./store.ts";

/** Remembers nothing, and says so. */
export class NoneStore implements BaselineStore {
  readonly kind = "none";

  load(): Promise<Loaded> {
    return Promise.resolve({ is: "absent", why: "no baseline is kept (baseline-store: none)" });
  }

  save(): Promise<Saved> {
    return Promise.resolve({ is: "unsaved", reason: "read-only", why: "no baseline is kept (baseline-store: none)" });
  }

  change(): Promise<Saved> {
    return this.save();
  }
}
