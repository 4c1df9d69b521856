import { parseArgs } from "node:util";
import { cleanUpActionRuns } from "../support/run-action.ts";
import { openTwoShops, type SideBySideRun, sideBySideRun, type TwoShops } from "../support/side-by-side-run.ts";

/**
 * The gate on real traffic: the built action side by side on two copies of the sample shop, so often with nothing
 * changed (`--aa`), with one endpoint 20 % slower (`--slow`), with 2 % errors (`--errors`). One line a run, then a table.
 * Build first. The whole acceptance is `--aa 30 --slow 20 --errors 10`: two hours and more.
 */
const { values } = parseArgs({
  options: {
    aa: { type: "string", default: "1" },
    slow: { type: "string", default: "1" },
    errors: { type: "string", default: "1" },
    factor: { type: "string", default: "1.2" },
    "run-time": { type: "string", default: "60s" },
    "max-duration": { type: "string", default: "4m" },
    users: { type: "string", default: "20" },
  },
});
const { aa, slow, errors, factor, ...inputs } = values;

interface Kind {
  readonly name: string;
  readonly runs: number;
  readonly switches: string;
  readonly isRight: (run: SideBySideRun) => boolean;
}

const only = (label: string) => (run: SideBySideRun) =>
  run.conclusion === "fail" && run.regressed.length > 0 && run.regressed.every((name) => name.startsWith(label));
const kinds: readonly Kind[] = [
  { name: "A/A", runs: Number(aa), switches: "errorRatio=0", isRight: ({ conclusion }) => conclusion !== "fail" },
  {
    name: `slow ${factor}`,
    runs: Number(slow),
    switches: `slow=GET%20/search:${factor}`,
    isRight: only("GET /search "),
  },
  {
    name: "2 % errors",
    runs: Number(errors),
    switches: "errorRatio=0.02",
    isRight: ({ conclusion, regressed }) => conclusion === "fail" && regressed.some((name) => name.endsWith("errors")),
  },
];

const rows: Record<string, string | number>[] = [];
try {
  for (const kind of kinds) {
    const runs: SideBySideRun[] = [];
    for (let i = 0; i < kind.runs; i++) {
      // New processes every time: two deployments are never quite alike.
      const shops: TwoShops = await openTwoShops();
      try {
        await shops.head.turn(kind.switches);
        const run = await sideBySideRun(shops, { ...inputs, slo: "errors < 50%", seed: `${kind.name} ${i}` });
        runs.push(run);
        const seen = run.regressed.join(", ") || run.verdict.reasons[0]?.message || "nothing";
        console.log(
          `${kind.name} ${i + 1}: ${run.conclusion} after ${run.judgedMs / 1000} s + ${run.confirmedMs / 1000} s: ${seen}` +
            ` (first pass: ${run.seenOnce.join(", ") || "nothing"})`,
        );
      } finally {
        await shops.close();
      }
    }
    if (runs.length === 0) continue;
    const count = (conclusion: string) => runs.filter((run) => run.conclusion === conclusion).length;
    rows.push({
      kind: kind.name,
      runs: runs.length,
      right: runs.filter(kind.isRight).length,
      fail: count("fail"),
      pass: count("pass"),
      inconclusive: count("inconclusive"),
      invalid: count("invalid"),
      "first pass red": runs.filter(({ seenOnce }) => seenOnce.length > 0).length,
      "judged s (mean)": Math.round(runs.reduce((sum, run) => sum + run.judgedMs, 0) / runs.length / 1000),
    });
  }
} finally {
  cleanUpActionRuns();
}
console.table(rows);
