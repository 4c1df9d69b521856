import { existsSync } from "node:fs";
import { appendFile, copyFile, mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf } from "../base/errors.ts";
import { type BaseQuestion, baseOfMerge, parentsOf } from "./base-question.ts";
import { type GitSettings, git, gitEnvironment } from "./git.ts";
import { sameExtras } from "./tree-extras.ts";

/** The base version's files, or why there are none. */
export type BaseTree =
  | {
      readonly is: "ready";
      readonly sha: string;
      /** Where commands run: the folder that corresponds to the user's. */
      readonly directory: string;
      /** What the tree has not as the checkout has it. */
      readonly notices: readonly string[];
    }
  /** There is nothing to compare with, and that is no fault. */
  | { readonly is: "none"; readonly why: string }
  | { readonly is: "failed"; readonly why: string; readonly remedy: string };

export interface TreeOrder {
  readonly question: BaseQuestion;
  /** The user's directory, within the checkout. */
  readonly directory: string;
  /** Of ours, empty; what is made stands in it alone. */
  readonly into: string;
  readonly settings: GitSettings;
  /** Whether a base that is what is checked out is none: two equals are not to be compared. */
  readonly refuseEqual: boolean;
}

/** Histories a shallow clone is deepened to, in commits, until two branches meet. */
const depths = [50, 500, 5000];

const addDepth = "add `fetch-depth: 0` below `with:` of actions/checkout";

/**
 * Puts the base version beside the checkout: a repository of its own that borrows the objects of the user's, so that
 * nothing in the user's changes (no branch, no shallow mark, no list of work trees), and that is gone when its folder is.
 */
export async function placeBase(order: TreeOrder): Promise<BaseTree> {
  const { question, directory, into, settings } = order;
  if (question.kind === "none") return { is: "none", why: question.why };
  let top: string;
  try {
    top = (await git(["rev-parse", "--show-toplevel"], { directory, settings })).trim();
  } catch (error) {
    const remedy = "put actions/checkout before this step, or name a running copy with base-host";
    return { is: "failed", why: `${directory} is no git repository: ${messageOf(error)}`, remedy };
  }
  const tree = join(into, "tree");
  const work: Work = { ...order, question, top, tree };
  try {
    await borrow(work);
    const found = await findCommit(work);
    if (typeof found !== "string") return found;
    const head = (await git(["rev-parse", "HEAD"], { directory, settings })).trim();
    if (order.refuseEqual && found === head)
      return { is: "none", why: "what is checked out is the base version itself" };
    const notices = await checkOut(found, work);
    const prefix = (await git(["rev-parse", "--show-prefix"], { directory, settings })).trim();
    const there = join(tree, prefix);
    if (existsSync(there)) return { is: "ready", sha: found, directory: there, notices };
    const why = `the base ${found.slice(0, 7)} has no folder ${prefix}`;
    return { is: "failed", why, remedy: "the comparison begins once this folder is in the base branch" };
  } catch (error) {
    if (settings.signal.aborted) throw error;
    return { is: "failed", why: `the base version could not be checked out: ${messageOf(error)}`, remedy: addDepth };
  }
}

type Asked = Exclude<BaseQuestion, { kind: "none" }>;

interface Work extends TreeOrder {
  readonly question: Asked;
  /** The user's repository. */
  readonly top: string;
  /** Ours. */
  readonly tree: string;
}

/** An empty repository with the user's objects, its remote, and the ends of its history where that is cut off. */
async function borrow({ directory, top, tree, settings }: Work): Promise<void> {
  const ask = async (...words: string[]) => (await git(words, { directory, settings })).trim();
  const format = await ask("rev-parse", "--show-object-format");
  await mkdir(tree, { recursive: true });
  const at = { directory: tree, settings };
  await git(["init", "--quiet", `--object-format=${format}`], at);
  const common = await ask("rev-parse", "--path-format=absolute", "--git-common-dir");
  const own = join(tree, ".git");
  await appendFile(join(own, "objects/info/alternates"), `${join(common, "objects")}\n`);
  if (existsSync(join(common, "shallow"))) await copyFile(join(common, "shallow"), join(own, "shallow"));
  const remote = await ask("config", "--get-regexp", "^remote\\.origin\\.(url|promisor|partialclonefilter)$").catch(
    () => "",
  );
  for (const line of remote.split("\n").filter(Boolean)) {
    const blank = line.indexOf(" ");
    const [key, value] = blank < 0 ? [line, "true"] : [line.slice(0, blank), line.slice(blank + 1)];
    await git(["config", key, key.endsWith(".url") ? absolute(value, top) : value], at);
  }
  // What a build reads of the history: the versions `git describe` counts from.
  const refs = await ask("for-each-ref", "--format=create %(refname) %(objectname)", "refs/tags", "refs/remotes");
  if (refs !== "") await updateRefs(refs, at);
}

/** A remote that is a path beside the repository means the same from elsewhere. */
function absolute(url: string, top: string): string {
  return /^\.{1,2}\//.test(url) ? resolve(top, url) : url;
}

async function updateRefs(
  refs: string,
  { directory, settings }: { directory: string; settings: GitSettings },
): Promise<void> {
  const packed = refs
    .split("\n")
    .map((line) => /^create (\S+) ([0-9a-f]+)$/.exec(line))
    .flatMap((match) => (match ? [`${match[2]} ${match[1]}\n`] : []))
    .sort((a, b) => (a.slice(41) < b.slice(41) ? -1 : 1));
  await appendFile(join(directory, ".git/packed-refs"), packed.join(""));
  await git(["for-each-ref", "--count=1"], { directory, settings });
}

/** The commit, present in our repository; or why not. */
async function findCommit(work: Work): Promise<string | Extract<BaseTree, { is: "none" | "failed" }>> {
  const { question } = work;
  if (question.kind === "revision") return await revision(question.revision, work);
  if (question.kind === "commit") {
    const parents = question.orParent ? (await checkedOut(work)).parents : [];
    for (const sha of [question.sha, parents[0]]) {
      if (sha && (await present(sha, work))) return sha;
    }
    if (question.sha === null && parents.length === 0) return { is: "none", why: "this is the first commit" };
    return unreachable(question.sha ?? parents[0] ?? "", work);
  }
  const merged = baseOfMerge(question, await checkedOut(work));
  if (merged === null) return await mergeBase(question, work);
  return (await present(merged, work)) ? merged : unreachable(merged, work);
}

async function checkedOut({ directory, settings }: Work): Promise<{ sha: string; parents: string[] }> {
  const sha = (await git(["rev-parse", "HEAD"], { directory, settings })).trim();
  return { sha, parents: parentsOf(await git(["cat-file", "commit", "HEAD"], { directory, settings })) };
}

async function isThere(sha: string, { tree, settings }: Work): Promise<boolean> {
  const answer = git(["cat-file", "-e", `${sha}^{tree}`], { directory: tree, settings });
  return await answer.then(
    () => true,
    () => false,
  );
}

async function present(sha: string, work: Work): Promise<boolean> {
  if (await isThere(sha, work)) return true;
  return (await fetched([sha], work, { depth: 1 })) && (await isThere(sha, work));
}

/** Why a fetch failed is asked of the last one that did. */
const refusals = new WeakMap<Work, string>();

/** Fetches from the remote. What is named may be a pull request's word: git must not take it for an option. */
async function fetched(
  refs: readonly string[],
  work: Work,
  { depth }: { readonly depth?: number } = {},
): Promise<boolean> {
  const options = ["--quiet", "--no-tags", "--no-recurse-submodules"];
  if (depth !== undefined) options.push(`--depth=${depth}`);
  try {
    await withCredentials(["fetch", ...options, "--end-of-options", "origin", ...refs], work);
    return true;
  } catch (error) {
    if (work.settings.signal.aborted) throw error;
    refusals.set(work, messageOf(error));
    return false;
  }
}

/** First with the credentials the checkout has left in its configuration, then with the token. */
async function withCredentials(
  words: readonly string[],
  { tree, top, settings }: Work,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const inherited = await checkoutHeaders(top, settings);
  try {
    await git(words, { directory: tree, settings, extra: { ...inherited, ...more } });
  } catch (error) {
    if (settings.signal.aborted || settings.token === "") throw error;
    await git(words, { directory: tree, settings, withToken: true, extra: more });
  }
}

async function checkoutHeaders(top: string, settings: GitSettings): Promise<Record<string, string>> {
  const listing = await git(
    ["config", "--get-regexp", "^(http\\..*\\.extraheader|url\\..*\\.insteadof|core\\.sshcommand)$"],
    {
      directory: top,
      settings,
    },
  ).catch(() => "");
  const base = gitEnvironment(settings, { directory: top, withToken: false });
  const before = Number(base.GIT_CONFIG_COUNT);
  const lines = listing.split("\n").filter((line) => line.includes(" "));
  const pairs = lines.flatMap((line, index): [string, string][] => [
    [`GIT_CONFIG_KEY_${before + index}`, line.slice(0, line.indexOf(" "))],
    [`GIT_CONFIG_VALUE_${before + index}`, line.slice(line.indexOf(" ") + 1)],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(before + lines.length) };
}

async function revision(named: string, work: Work): Promise<string | Extract<BaseTree, { is: "failed" }>> {
  const { directory, tree, settings } = work;
  const parse = (at: string, what: string) =>
    git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${what}^{commit}`], { directory: at, settings }).then(
      (sha) => sha.trim(),
      () => null,
    );
  const known = await parse(directory, named);
  if (known !== null && (await present(known, work))) return known;
  const remote = named.replace(/^origin\//, "");
  if (await fetched([remote], work, { depth: 1 })) {
    const sha = await parse(tree, "FETCH_HEAD");
    if (sha !== null) return sha;
  }
  return {
    is: "failed",
    why: `there is no commit "${named}" here${because(work)}`,
    remedy: "name a branch, a tag or a commit that `git log` knows, or fetch it first",
  };
}

/** Where the pull request left the base branch. */
async function mergeBase(
  question: Extract<BaseQuestion, { kind: "pull-request" }>,
  work: Work,
): Promise<string | Extract<BaseTree, { is: "failed" }>> {
  const { tree, settings } = work;
  const { sha: head } = await checkedOut(work);
  const branch = question.baseBranch;
  const target = "refs/swarmgate/base";
  const meets = async (): Promise<string | null> => {
    for (const tip of [target, ...(branch ? [`refs/remotes/origin/${branch}`] : []), question.baseSha]) {
      if (!tip) continue;
      const sha = await git(["merge-base", head, tip], { directory: tree, settings }).catch(() => "");
      if (sha.trim() !== "") return sha.trim();
    }
    return null;
  };
  const shallow = existsSync(join(tree, ".git/shallow"));
  const wanted = branch ? [`+refs/heads/${branch}:${target}`] : question.baseSha ? [question.baseSha] : [];
  if (wanted.length > 0) await fetched(wanted, work, shallow && depths[0] ? { depth: depths[0] } : {});
  for (const depth of shallow ? depths : []) {
    const sha = await meets();
    if (sha !== null && (await present(sha, work))) return sha;
    if (!(await fetched([head, ...wanted], work, { depth }))) break;
  }
  const sha = await meets();
  if (sha !== null && (await present(sha, work))) return sha;
  return {
    is: "failed",
    why: `where this branch left ${branch ?? "the base branch"} could not be found${because(work)}`,
    remedy: addDepth,
  };
}

function because(work: Work): string {
  const why = refusals.get(work);
  return why === undefined ? "" : ` (${why})`;
}

function unreachable(sha: string, work: Work): Extract<BaseTree, { is: "failed" }> {
  const { token } = work.settings;
  return {
    is: "failed",
    why: `the base commit ${sha.slice(0, 7)} is not in this clone and could not be fetched${because(work)}`,
    remedy:
      token === ""
        ? `${addDepth}, or give this step a github-token`
        : `give the job \`permissions: contents: read\`, or ${addDepth}`,
  };
}

async function checkOut(sha: string, work: Work): Promise<string[]> {
  const { top, tree, settings } = work;
  const extras = await sameExtras({ top, settings });
  if (extras.largeFiles !== null)
    await git(["config", "lfs.storage", extras.largeFiles], { directory: tree, settings });
  await withCredentials(["checkout", "--quiet", "--detach", sha], work, extras.environment);
  const notices = [...extras.notices];
  if (extras.submodules !== "none") {
    const deep = extras.submodules === "recursive" ? ["--recursive"] : [];
    const modules = existsSync(join(tree, ".gitmodules")) ? await readFile(join(tree, ".gitmodules"), "utf8") : "";
    if (modules.trim() !== "") {
      const update = ["submodule", "update", "--quiet", "--init", "--depth=1", ...deep];
      await withCredentials(update, work, extras.environment).catch((error: unknown) => {
        notices.push(`the base version has no submodules, as they could not be fetched: ${messageOf(error)}`);
      });
    }
  }
  return notices;
}
