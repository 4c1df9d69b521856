import { expect, test } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { Random } from "../../src/base/random.ts";
import { ArtifactStore } from "../../src/baseline/artifact-store.ts";
import { BranchStore } from "../../src/baseline/branch-store.ts";
import { CacheStore } from "../../src/baseline/cache-store.ts";
import { type RestRequest, Unreachable } from "../../src/baseline/github-port.ts";
import type { BaselineStore } from "../../src/baseline/store.ts";
import { recordNumber } from "./support/records.ts";

const silent: RestRequest = () => Promise.reject(new Unreachable("fetch failed"));
const down: RestRequest = () => Promise.resolve({ status: 503, body: { message: "Unicorn!" } });
/** Lists one artifact and then says no more: the run it is of may be a good one. */
const halfway: RestRequest = (_, path) => {
  const artifacts = [{ id: 1, name: "swarmgate-baseline-api", workflow_run: { id: 7, head_branch: "main" } }];
  return path.includes("/runs/") ? down("GET", path) : Promise.resolve({ status: 200, body: { artifacts } });
};

const repository = "octo/shop";
const artifact = (request: RestRequest) =>
  new ArtifactStore({
    request,
    download: () => Promise.reject(new Unreachable("fetch failed")),
    upload: () => Promise.reject(new Error("nothing may be uploaded")),
    repository,
    branch: "main",
    keep: 5,
  });
const branch = (request: RestRequest) =>
  new BranchStore({ request, repository, branch: "b", keep: 5, clock: systemClock, random: Random.from("x") });
const gone = () => Promise.reject(new TypeError("fetch failed"));
const cache = () => new CacheStore({ port: { list: gone, restore: gone, save: gone }, keep: 5 });

const stores: readonly (readonly [string, () => BaselineStore])[] = [
  ["artifact store without an answer", () => artifact(silent)],
  ["artifact store that is down", () => artifact(down)],
  ["artifact store that is down half-way", () => artifact(halfway)],
  ["branch store without an answer", () => branch(silent)],
  ["branch store that is down", () => branch(down)],
  ["cache without an answer", () => cache()],
];

test.each(stores)("an %s is unreachable, which is neither absent nor spoilt, and nothing is saved", async (_, make) => {
  expect(await make().load("api")).toEqual({
    is: "unreadable",
    unreachable: true,
    why: expect.stringMatching(/cannot be read: \w/),
  });
  expect(await make().save("api", recordNumber(1))).toMatchObject({ is: "unsaved", reason: "unreadable" });
});
