import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { defineConfig } from "vitest/config";

/** Neither Node nor vitest's own transformer lowers TC39 decorators; test files use them, so esbuild does. */
const decorators = {
  name: "lower-decorators",
  enforce: "pre" as const,
  async transform(code: string, id: string) {
    const file = id.split("?")[0] ?? "";
    if (!/\.[cm]?ts$/.test(file) || file.includes("/node_modules/")) return;
    const { code: js, map } = await transform(code, {
      loader: "ts",
      target: "es2022",
      sourcefile: file,
      sourcemap: "external",
      tsconfigRaw: "{}",
    });
    return { code: js, map };
  },
};

const shared = {
  plugins: [decorators],
  resolve: { alias: { swarmgate: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
};

/**
 * Tests that start the program, or a part of it, in processes of their own, or keep a processor busy for long: not for
 * the minute of `npm run check`.
 */
const wholeProgram = [
  "test/e2e/**/*.test.ts",
  "test/examples/**/*.test.ts",
  "test/docs/**/*.test.ts",
  "test/cli/files.test.ts",
  "test/demo/examples.test.ts",
  "test/loading/locustfile*.test.ts",
  "test/gate/whole-run.test.ts",
  "test/**/*.fuzz.test.ts",
  "test/github/bundle.test.ts",
];

/** Of these, what judges figures: among four neighbours a machine is too busy for that. */
const measuring = [
  "test/e2e/capacity.test.ts",
  "test/e2e/freeze.test.ts",
  "test/e2e/http-load.test.ts",
  "test/e2e/passes.test.ts",
  "test/e2e/run-load.test.ts",
  "test/e2e/side-by-side.test.ts",
  "test/e2e/start.test.ts",
  "test/e2e/diff.test.ts",
  "test/e2e/turns.test.ts",
  "test/e2e/waiting.test.ts",
  "test/examples/**/*.test.ts",
];

export default defineConfig({
  test: {
    // The default leaves one core idle, which on two cores is half of them.
    maxWorkers: "100%",
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...wholeProgram, "test/heavy/**", "test/real-traffic/**"],
          // How long a property test takes is the machine's affair; this only ends one that hangs.
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: "e2e",
          include: [...wholeProgram],
          exclude: [...measuring],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // They mostly wait: four of them leave two cores idle now and then, and no run calls its machine busy.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        test: {
          name: "e2e-measuring",
          include: [...measuring],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Verdicts on real traffic: minutes each, and only a machine that does nothing else can give them.
        ...shared,
        test: {
          name: "real-traffic",
          include: ["test/real-traffic/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: "heavy",
          include: ["test/heavy/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
