import { afterEach, describe, expect, test } from "vitest";
import { reset } from "../../src/baseline/housekeeping.ts";
import type { BaselineStore, Loaded } from "../../src/baseline/store.ts";
import { profile, recordNumber, records } from "../baseline/support/records.ts";

/** A place that keeps baselines, as a test can reach behind the store's back. */
export interface Place {
  /** A store on this place, as one run of one process would make it. */
  store(options: { readonly keep: number }): BaselineStore;
  /** Puts text where the store keeps the baseline of `api`. */
  plant(text: string): Promise<void>;
  /** The text the store would read; undefined if there is none. */
  text(): Promise<string | undefined>;
  /** Makes the place refuse to be read; given where the traits say so. */
  forbid?: () => Promise<void>;
  /** Lets what is stored expire; given where the traits say so. */
  expire?: () => Promise<void>;
  /** Ends the run that saved, where what was saved counts only then. */
  settle?: () => Promise<void>;
  close(): Promise<void>;
}

const ids = (loaded: Loaded) =>
  loaded.is === "found" ? loaded.baseline.records.map(({ id }) => Number.parseInt(id, 16)) : loaded.is;

/** What a place can do to a store besides keeping its baselines. */
export interface Traits {
  readonly forbids: boolean;
  readonly expires: boolean;
}

/** What every store that remembers must do. */
export function baselineStoreContract(name: string, traits: Traits, make: () => Promise<Place>): void {
  describe(`the ${name} store`, () => {
    let place: Place | undefined;
    const open = async () => {
      place = await make();
      return place;
    };
    afterEach(async () => {
      await place?.close();
      place = undefined;
    });

    test("an empty place is absent, and says why", async () => {
      const { store } = await open();
      expect(await store({ keep: 5 }).load("api")).toEqual({ is: "absent", why: expect.stringMatching(/\w/) });
    });

    test("what was saved is found, in order and no more than is kept", async () => {
      const at = await open();
      for (const record of records(7)) {
        expect(await at.store({ keep: 5 }).save("api", record)).toMatchObject({ is: "saved" });
        await at.settle?.();
      }
      const loaded = await at.store({ keep: 5 }).load("api");
      expect(ids(loaded)).toEqual([2, 3, 4, 5, 6]);
      expect(loaded.is === "found" && loaded.where).toMatch(/\w/);
    });

    test("ten writers at once lose nothing", async () => {
      const at = await open();
      const saved = await Promise.all(records(10).map((record) => at.store({ keep: 20 }).save("api", record)));
      expect(saved.map(({ is }) => is)).toEqual(new Array(10).fill("saved"));
      await at.settle?.();
      expect(ids(await at.store({ keep: 20 }).load("api"))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test("housekeeping changes what is stored", async () => {
      const at = await open();
      await at.store({ keep: 5 }).save("api", recordNumber(1));
      await at.settle?.();
      const when = "2026-05-01T00:00:00.000Z";
      expect(await at.store({ keep: 5 }).change("api", (b) => reset(b, { at: when }))).toMatchObject({ is: "saved" });
      await at.settle?.();
      expect(await at.store({ keep: 5 }).load("api")).toMatchObject({ is: "found", baseline: { window: when } });
    });

    test("another load test's baseline is not taken for this one's", async () => {
      const at = await open();
      await at.store({ keep: 5 }).save("api", recordNumber(1));
      await at.settle?.();
      expect(await at.store({ keep: 5 }).load("web")).toMatchObject({ is: "absent" });
    });

    test("what cannot be read is told apart from nothing, and never overwritten", async () => {
      const at = await open();
      await at.plant("{ broken");
      expect(await at.store({ keep: 5 }).load("api")).toMatchObject({ is: "unreadable" });
      expect(await at.store({ keep: 5 }).save("api", recordNumber(1))).toMatchObject({
        is: "unsaved",
        reason: "unreadable",
      });
      expect(await at.text()).toBe("{ broken");
    });

    test("a run that could not be read back is never written", async () => {
      const at = await open();
      await at.store({ keep: 5 }).save("api", recordNumber(1));
      await at.settle?.();
      const before = await at.text();
      const impossible = recordNumber(2, { profile: { ...profile, users: Number.POSITIVE_INFINITY } });
      expect(await at.store({ keep: 5 }).save("api", impossible)).toMatchObject({ is: "unsaved", reason: "failed" });
      expect(await at.text()).toBe(before);
    });

    test("a document of a later version is named as such, and never overwritten", async () => {
      const at = await open();
      const newer = JSON.stringify({ schema: 99, name: "api", surprises: [] });
      await at.plant(newer);
      expect(await at.store({ keep: 5 }).load("api")).toMatchObject({
        is: "newer",
        why: expect.stringContaining("schema version 99"),
      });
      expect(await at.store({ keep: 5 }).save("api", recordNumber(1))).toMatchObject({ reason: "newer" });
      expect(await at.text()).toBe(newer);
    });

    if (traits.forbids)
      test("a place that may not be read says what to grant", async () => {
        const at = await open();
        await at.store({ keep: 5 }).save("api", recordNumber(1));
        await at.settle?.();
        await at.forbid?.();
        expect(await at.store({ keep: 5 }).load("api")).toMatchObject({
          is: "forbidden",
          remedy: expect.stringMatching(/\w/),
        });
      });

    if (traits.expires)
      test("what the place has let go is expired, not absent", async () => {
        const at = await open();
        await at.store({ keep: 5 }).save("api", recordNumber(1));
        await at.settle?.();
        await at.expire?.();
        expect(await at.store({ keep: 5 }).load("api")).toMatchObject({ is: "expired" });
      });
  });
}
