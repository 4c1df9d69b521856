import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ended, FaultFamily } from "./fault-case.ts";

/**
 * Disks that are full or read-only, as root meets them too: `/dev/full`, a limit on the size of files (`ulimit -f`,
 * KiB), places under /proc, where nothing can be made, and files where a directory should be.
 */

/** A disk on which no file grows beyond so many KiB. */
const full = (kib: number): string[] => ["bash", "-c", `ulimit -f ${kib}; exec "$@"`, "-"];
/** Standard output on a full disk. */
const fullLog = ["bash", "-c", 'exec "$@" > /dev/full', "-"];
const fullErrors = ["bash", "-c", 'exec "$@" 2> /dev/full', "-"];
/** A log whose reader has gone. */
const closedLog = ["bash", "-c", 'exec "$@" > >(head -c 10 > /dev/null)', "-"];

const passed = ({ outputs }: Ended) => (outputs.verdict === "pass" ? null : `verdict is ${outputs.verdict}`);
const has = (path: (ended: Ended) => string) => (ended: Ended) =>
  existsSync(path(ended)) ? null : `${path(ended)} is missing`;
const reportOf = (name: string, file: string) => (ended: Ended) => join(ended.temporary, "swarmgate", name, file);

export const disks: FaultFamily = {
  name: "disks that are full or read-only",
  cases: [
    {
      name: "the job summary on a full disk costs neither verdict, outputs nor comment",
      run: (stage) => stage.act({ comments: true, inputs: { name: "d1" }, env: { GITHUB_STEP_SUMMARY: "/dev/full" } }),
      exit: 0,
      says: [/warning.*the job summary is missing: no space left on device/],
      withinS: 25,
      check: async (ended, stage) =>
        passed(ended) ?? ((await stage.comments("d1")).length === 1 ? null : "there is no comment"),
    },
    {
      name: "the job summary in a directory costs nothing either",
      run: (stage) => stage.act({ env: { GITHUB_STEP_SUMMARY: "/proc/self/fdinfo" } }),
      exit: 0,
      says: [/the job summary is missing/],
      withinS: 20,
      check: passed,
    },
    {
      name: "outputs on a full disk are reported and cost no comment",
      run: (stage) => stage.act({ comments: true, inputs: { name: "d2" }, env: { GITHUB_OUTPUT: "/dev/full" } }),
      exit: 0,
      says: [/warning.*the outputs are missing: no space left on device/, /1 of 1|met/],
      withinS: 25,
      check: async (_, stage) => ((await stage.comments("d2")).length === 1 ? null : "there is no comment"),
    },
    {
      name: "a broken promise fails the check though summary and outputs are on a full disk",
      run: (stage) =>
        stage.act({
          inputs: { slo: "p95 < 0.001ms" },
          env: { GITHUB_OUTPUT: "/dev/full", GITHUB_STEP_SUMMARY: "/dev/full" },
        }),
      exit: 99,
      says: [/the job summary is missing/, /the outputs are missing/],
      withinS: 20,
    },
    {
      name: "files of 0 bytes: the run is judged and told, the raw run too large for the disk",
      run: (stage) => stage.act({ comments: true, inputs: { name: "d3" }, wrap: full(0) }),
      exit: 0,
      says: [/result\.json could not be written: file too large/, /report\.html could not be written/],
      withinS: 25,
      check: async (_, stage) => ((await stage.comments("d3")).length === 1 ? null : "there is no comment"),
    },
    {
      name: "files of 4 KiB: what is small enough is there, what is not leaves no part of itself",
      run: (stage) => stage.act({ inputs: { name: "d4" }, wrap: full(4) }),
      exit: 0,
      says: [/report\.html could not be written: file too large/],
      withinS: 20,
      check: (ended) =>
        passed(ended) ??
        (existsSync(reportOf("d4", "report.html")(ended)) ? "half a report.html is there" : null) ??
        (ended.outputs["report-path"] === "" ? null : "report-path names half a file") ??
        has(reportOf("d4", "locust_failures.csv"))(ended),
    },
    {
      name: "a broken promise is told though no file can be written",
      run: (stage) => stage.act({ inputs: { slo: "p95 < 0.001ms" }, wrap: full(0) }),
      exit: 99,
      says: [/p95 < 0\.001/],
      withinS: 20,
    },
    {
      name: "a directory for the report that cannot be made ends the run before the load",
      run: (stage) => stage.act({ inputs: { "report-dir": "/proc/nothing/here" } }),
      exit: 2,
      says: [/report-dir: the report cannot be written to \/proc\/nothing\/here: no such file/],
      withinS: 10,
      check: ({ outputs }) => (outputs.reason === "output-unwritable" ? null : `reason is ${outputs.reason}`),
    },
    {
      name: "a file where the report's directory should be ends the run before the load",
      run: (stage) => stage.act({ inputs: { "report-dir": "taken" }, files: { taken: "a file" } }),
      exit: 2,
      says: [/report-dir: the report cannot be written/],
      withinS: 10,
    },
    {
      name: "a temporary directory that is none ends the run before the load",
      run: (stage) => stage.act({ env: { RUNNER_TEMP: "/dev/null" } }),
      exit: 2,
      says: [/RUNNER_TEMP: the report cannot be written/],
      withinS: 10,
    },
    {
      name: "one document that cannot be written costs no other",
      run: (stage) =>
        stage.act({ inputs: { "report-dir": "reports" }, files: { "reports/report.html/taken": "a directory" } }),
      exit: 0,
      says: [/report is incomplete, report\.html could not be written/],
      never: [/report\.json could not/, /junit\.xml could not/],
      withinS: 20,
      check: (ended) => passed(ended) ?? has(({ directory }) => join(directory, "reports/junit.xml"))(ended),
    },
    {
      name: "a log on a full disk costs neither verdict nor outputs",
      run: (stage) => stage.act({ wrap: fullLog }),
      exit: 0,
      withinS: 20,
      check: passed,
    },
    {
      name: "a log whose reader has gone costs neither verdict nor outputs",
      run: (stage) => stage.act({ wrap: closedLog }),
      exit: 0,
      withinS: 20,
      check: passed,
    },
    {
      name: "a baseline that cannot be saved is reported and changes no verdict",
      run: (stage) =>
        stage.act({
          eventName: "push",
          env: { GITHUB_REF: "refs/heads/main" },
          inputs: { "baseline-store": "file", "baseline-path": "/proc/base.json", "save-baseline": "always" },
        }),
      exit: 0,
      says: [/the baseline was not saved/],
      withinS: 20,
      check: passed,
    },
    {
      name: "a baseline on a full disk leaves no half-written successor",
      run: (stage) =>
        stage.act({
          inputs: { "baseline-store": "file", "baseline-path": "base.json", "save-baseline": "always" },
          wrap: full(0),
        }),
      exit: 0,
      says: [/the baseline was not saved/],
      withinS: 20,
      check: ({ directory }) => (existsSync(join(directory, "base.json")) ? "half a baseline is there" : null),
    },
    {
      name: "the command line prints its tables though every file it was asked for is on a full disk",
      run: (stage) => stage.load(["-o", "/dev/full", "--html", "/dev/full", "--junit", "/dev/full", "--only-summary"]),
      exit: 0,
      says: [/Aggregated/, /\/dev\/full could not be written: no space left on device/],
      withinS: 20,
      check: () => (lstatSync("/dev/full").isCharacterDevice() ? null : "/dev/full is no device any more"),
    },
    {
      name: "the command line keeps its other files when one is too large for the disk",
      run: (stage) => stage.load(["--html", "page.html", "--csv", "out", "--only-summary"], { wrap: full(4) }),
      exit: 0,
      says: [/page\.html could not be written: file too large/],
      withinS: 20,
      check: (ended) =>
        has(({ directory }) => join(directory, "out_stats.csv"))(ended) ??
        (existsSync(join(ended.directory, "page.html")) ? "half a page is there" : null),
    },
    {
      name: "the command line says before the load what cannot be written",
      run: (stage) => stage.load(["--html", "/proc/nothing/page.html"]),
      exit: 2,
      says: [/--html: \/proc\/nothing\/page\.html cannot be written/],
      withinS: 10,
    },
    {
      name: "a log file on a full disk gives way to standard error",
      run: (stage) => stage.load(["--logfile", "/dev/full", "--baseline", "none-yet.json"]),
      exit: 0,
      says: [/\/dev\/full cannot be written, so the log goes on here: no space left on device/, /Aggregated/],
      withinS: 20,
    },
    {
      name: "standard error on a full disk costs no file",
      run: (stage) => stage.load(["-o", "run.json"], { wrap: fullErrors }),
      exit: 0,
      withinS: 20,
      check: has(({ directory }) => join(directory, "run.json")),
    },
    {
      name: "a TMPDIR that is not there is named before the load",
      run: (stage) => stage.load([], { env: { TMPDIR: "/nothing/here" } }),
      exit: 2,
      says: [/TMPDIR: nothing can be written to \/nothing\/here/],
      withinS: 10,
    },
    {
      name: "merge, report and judge name the file they cannot write",
      run: async (stage) => {
        const measured = await stage.load(["-o", "run.json"]);
        const text = readFileSync(join(measured.directory, "run.json"), "utf8");
        return await stage.cli({
          args: ["report", "run.json", "--format", "html", "-o", "/dev/full"],
          files: { "run.json": text },
        });
      },
      exit: 2,
      says: [/--output: \/dev\/full cannot be written: no space left on device/],
      withinS: 20,
    },
    {
      name: "judge prints its verdict though the report cannot be written",
      run: async (stage) => {
        const measured = await stage.load(["-o", "run.json"]);
        const text = readFileSync(join(measured.directory, "run.json"), "utf8");
        const args = ["judge", "run.json", "--slo", "p95 < 0.001ms", "--report-dir", "reports"];
        return await stage.cli({ args, files: { "run.json": text }, wrap: full(0) });
      },
      exit: 99,
      says: [/p95 < 0\.001/, /report\.html could not be written: file too large/],
      withinS: 20,
    },
  ],
};
