import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { placeBase } from "../../src/service/base-tree.ts";

/** A clone of a repository with one commit, both on disk. */
function clone() {
  const folder = mkdtempSync(join(tmpdir(), "swarmgate-base-tree-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [upstream, directory, into] = [join(folder, "upstream"), join(folder, "clone"), join(folder, "into")];
  const env = { PATH: process.env.PATH, HOME: folder, GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@a.test" };
  const git = (...words: string[]) =>
    execFileSync("git", words, { env: { ...env, GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@a.test" } });
  git("init", "--quiet", "--initial-branch=main", upstream);
  writeFileSync(join(upstream, "version"), "1");
  git("-C", upstream, "add", ".");
  git("-C", upstream, "commit", "--quiet", "--message=one");
  git("clone", "--quiet", upstream, directory);
  mkdirSync(into);
  const settings = { env, token: "", serverUrl: "https://github.test", signal: new AbortController().signal };
  const place = (revision: string) =>
    placeBase({ question: { kind: "revision", revision }, directory, into, refuseEqual: false, settings });
  return { folder, place };
}

test("a branch of the remote is checked out into a tree of its own", async () => {
  const { place } = clone();
  expect(await place("origin/main")).toMatchObject({ is: "ready", sha: expect.stringMatching(/^[0-9a-f]{40}$/) });
});

test.each(["origin/--upload-pack=touch ", "--upload-pack=touch "])(
  "a name that git would take for an option (%s…) runs nothing",
  async (option) => {
    const { folder, place } = clone();
    const mark = join(folder, "run");
    expect(await place(`${option}${mark};git-upload-pack`)).toMatchObject({ is: "failed" });
    expect(existsSync(mark)).toBe(false);
  },
);
