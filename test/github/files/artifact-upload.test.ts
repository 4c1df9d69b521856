import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readZippedFile } from "../../../src/base/zip.ts";
import { artifactName, uploadArtifact } from "../../../src/github/files/artifact-upload.ts";
import { ResultsService } from "../../support/results-service.ts";

const service = new ResultsService();
const directory = mkdtempSync(join(tmpdir(), "swarmgate-report-"));
beforeAll(async () => {
  await service.listen();
  writeFileSync(join(directory, "report.json"), '{"schema":1}');
  mkdirSync(join(directory, "csv"));
  writeFileSync(join(directory, "csv", "stats.csv"), "a,b\n".repeat(500));
  symlinkSync("/etc/hostname", join(directory, "link"));
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
  await service.close();
});

test("the report directory goes up with GitHub's client and comes back as the other workflow reads it", async () => {
  const outcome = await uploadArtifact({ name: "swarmgate-api", directory, retentionDays: 3, available: true });
  expect(outcome).toMatchObject({ kind: "uploaded", id: 1 });
  const zip = service.artifacts.get("swarmgate-api") ?? Buffer.alloc(0);
  const limits = { fileBytes: 1_048_576, entries: 200 };
  expect(readZippedFile(zip, "report.json", limits).toString()).toBe('{"schema":1}');
  expect(readZippedFile(zip, "csv/stats.csv", limits)).toHaveLength(2000);
  expect(() => readZippedFile(zip, "link", limits)).toThrow("there is no link");
});

test("a name that is taken is a notice", async () => {
  const upload = { name: "taken", directory, retentionDays: undefined, available: true };
  await uploadArtifact(upload);
  expect(await uploadArtifact(upload)).toMatchObject({ kind: "failed", notice: expect.stringContaining("taken") });
});

test("where there is no artifact service the client is not called", async () => {
  const before = service.calls.length;
  const outcome = await uploadArtifact({ name: "x", directory, retentionDays: undefined, available: false });
  expect(outcome).toMatchObject({ kind: "skipped", notice: expect.stringContaining("no artifact service") });
  expect(service.calls).toHaveLength(before);
});

test("a name has nothing that GitHub refuses", () => {
  expect(artifactName('swarmgate-a/b: "c"\n')).toBe("swarmgate-a-b- -c-");
});
