import type { Report } from "../document/report.ts";
import { countedApartFacts } from "../view/counted-apart.ts";
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
} from "../view/format.ts";
import { ruleInWords } from "../view/rows-that-matter.ts";
import { code } from "../view/safe-text.ts";
import { fixedPart, type Part } from "./fit.ts";
import { details } from "./table.ts";

/** A fact of how the run was measured; `value` may be of the outside where `outside` says so. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Names, hosts, versions: text that others wrote. */
  readonly outside?: readonly string[];
}

/** How this was measured, for every surface that tells it. */
export function facts(report: Report): Fact[] {
  const { measured, comparing } = report;
  const load = [
    usersInWords(report),
    measured.spawnRate === 0 ? "" : `spawned at ${formatRate(measured.spawnRate)}`,
    measured.runTimeMs === null ? "" : `run time ${formatDuration(measured.runTimeMs)}`,
    measured.requests === null ? "" : `stopped after ${counted(measured.requests, "request")}`,
    measured.arrivalRate === null ? "" : `open model at ${formatRate(measured.arrivalRate)}`,
    measured.threads === 0 ? "" : counted(measured.threads, "thread"),
    measured.peakUsers + measured.threads === 0 ? "" : `at most ${counted(measured.peakUsers, "user")} at once`,
  ];
  const list: Fact[] = [
    { label: "Load", value: load.filter((part) => part !== "").join(", ") },
    { label: "Users lost", value: usersLost(report) },
    ...countedApartFacts(report),
    { label: "Window", value: windowInWords(report) },
    { label: "Passes", value: passesInWords(report) },
    { label: "Health", value: healthInWords(report) },
    {
      label: "Smallest detectable change of p95",
      value: comparing.smallestDetectable === null ? "not known" : formatPercent(comparing.smallestDetectable),
    },
    { label: "Rule", value: ruleInWords(report) || "nothing was compared" },
    { label: "Target", value: "", outside: measured.host === null ? [] : [measured.host] },
    { label: "Base version", value: "", outside: measured.baseHost === null ? [] : [measured.baseHost] },
    { label: "Locustfile", value: "", outside: told(measured.locustfile) },
    { label: "User classes", value: "", outside: measured.userClasses.slice(0, 20) },
    { label: "Load shape", value: "", outside: measured.shape === null ? [] : [measured.shape] },
    ...(measured.machine.cores === 0 ? [] : [machineFact(report)]),
    { label: "Seed", value: "", outside: told(measured.seed) },
    { label: "Engine", value: "", outside: [measured.engine] },
  ];
  return list.filter(({ value, outside }) => value !== "" || (outside?.length ?? 0) > 0);
}

/** What others measured may not say everything. */
function told(text: string): string[] {
  return text === "" ? [] : [text];
}

function usersInWords({ measured: { shape, users, peakUsers, threads } }: Report): string {
  if (shape !== null) return "users by a load shape";
  return users + peakUsers + threads === 0 ? "users not known" : counted(users, "user");
}

function machineFact({ measured: { machine } }: Report): Fact {
  return {
    label: "Machine",
    value: `${counted(machine.cores, "core")}, ${formatBytes(machine.memoryBytes)}`,
    outside: [machine.cpuModel, machine.os, `Node ${machine.node}`],
  };
}

/** Users that did not stay to the end; empty where all did. */
function usersLost({ measured }: Report): string {
  const { deadInOnStart, killedUsers, retiredPairs } = measured;
  const parts = [
    deadInOnStart === 0 ? "" : `${formatCount(deadInOnStart)} died in onStart`,
    retiredPairs === 0 ? "" : `${counted(retiredPairs, "pair")} retired when one twin left`,
    killedUsers === 0 ? "" : `${formatCount(killedUsers)} still busy when the stop timeout ended`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function windowInWords({ measured }: Report): string {
  const left = measured.phases.filter(
    ({ phase, judged, requests }) => !judged && requests > 0 && phase !== "confirmation",
  );
  const parts = left.map(
    ({ phase, ms, requests }) => `${phase} ${formatDuration(ms)} (${counted(requests, "request")})`,
  );
  const out = parts.length === 0 ? "nothing left out" : `left out: ${parts.join(", ")}`;
  const warmup = /^[0-9a-z .]+$/.test(measured.warmup) ? `; warm-up ${measured.warmup}` : "";
  return `${formatDuration(measured.windowMs)} judged, ${out}${warmup}`;
}

/** Why a run took longer than its run time; empty where it did not. */
function passesInWords({ measured, comparing }: Report): string {
  const lasted = (wanted: string) => measured.phases.find(({ phase }) => phase === wanted)?.ms ?? 0;
  const extended = lasted("extension");
  const confirmed = lasted("confirmation");
  const parts = [
    extended === 0 ? "" : `${formatDuration(extended)} longer than asked, since something was undecided then`,
    confirmed === 0
      ? ""
      : `what looked worse was looked at again in a second pass of ${formatDuration(confirmed)} with fresh users and connections`,
  ].filter((part) => part !== "");
  if (parts.length > 0) return parts.join("; ");
  return comparing.mode === "side-by-side" ? "one, as long as asked" : "";
}

function healthInWords({ measured: { health } }: Report): string {
  if (health === null) return "not measured";
  const parts = [
    `event-loop delay p99 ${formatMs(health.delayP99Ms)} at worst (longest ${formatMs(health.delayMaxMs)})`,
    `busy ${formatPercent(health.utilizationMax)} at most`,
    `CPU of a thread ${formatPercent(health.threadCpuMax)}`,
    health.machineCpuMax === null ? "" : `of the machine ${formatPercent(health.machineCpuMax)}`,
    health.stealMax === null || health.stealMax === 0 ? "" : `stolen ${formatPercent(health.stealMax)}`,
    health.memoryMaxBytes === null ? "" : `memory ${formatBytes(health.memoryMaxBytes)}`,
    counted(health.lateStarts, "iteration begun late", "iterations begun late"),
    `${formatNumber(health.openSocketsMax)} sockets at most`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** What is known of the baseline, in a sentence; `whyNot` comes from outside and is enclosed. */
export function baselineInWords(report: Report): string {
  const { baseline, comparing } = report;
  if (comparing.mode === "side-by-side") {
    const sha = report.baseCommit === null ? "" : ` (${report.baseCommit.slice(0, 7)})`;
    return `The base version${sha} ran at the same time, twin users on both.`;
  }
  const why = baseline.whyNot === null ? "" : ` ${code(baseline.whyNot, 300)}`;
  if (!baseline.found && baseline.wanted === false) return why === "" ? "" : `Not compared:${why}.`;
  if (!baseline.found) return comparing.mode === "none" && why === "" ? "" : `No baseline${why ? `:${why}` : ""}.`;
  const newest = baseline.runs > 1 ? ", the newest" : "";
  const sha = baseline.commit === null ? "" : `${newest} of ${baseline.commit.slice(0, 7)}`;
  const age = baseline.ageMs === null ? "" : `, measured ${formatDuration(baseline.ageMs)} ago`;
  return `Baseline: ${counted(baseline.runs, "stored run")}${sha}${age}.${why}`;
}

export function measuredPart(report: Report, tier: number): Part {
  const lines = facts(report).map(({ label, value, outside = [] }) => {
    const told = [value, ...outside.map((text) => code(text))].filter((text) => text !== "");
    return `- ${label}: ${told.join(", ")}`;
  });
  const baseline = baselineInWords(report);
  if (baseline !== "") lines.push(`- ${baseline}`);
  const { statuses } = report.measured;
  if (statuses.length > 0) {
    const told = statuses.map(([status, count]) => `${status === 0 ? "no answer" : status}: ${formatCount(count)}`);
    lines.push(`- Answers: ${told.slice(0, 20).join(", ")}`);
  }
  return fixedPart(tier, details("How this was measured", lines.join("\n")));
}
