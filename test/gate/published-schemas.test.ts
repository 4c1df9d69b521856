import { readFileSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { capacityJsonSchema } from "../../src/report/document/capacity-document.ts";
import { resultJsonSchema } from "../../src/stats/document/json-schema.ts";
import { encodeResult } from "../../src/stats/document/result-document.ts";
import type { RunResult } from "../../src/stats/run-result.ts";
import { verdictJsonSchema, verdictSchemaVersion } from "../../src/verdict/json-schema.ts";
import type { Verdict } from "../../src/verdict/verdict.ts";
import { sampleInputs, sampleNames } from "../support/make-report.ts";

const published = [
  ["schema/result.schema.json", resultJsonSchema()],
  ["schema/verdict.schema.json", verdictJsonSchema()],
  ["schema/capacity.schema.json", capacityJsonSchema()],
] as const;

describe("published schemas", () => {
  it.each(published)("%s is what the program checks by (GOLDEN=write rewrites it)", (file, schema) => {
    if (process.env.GOLDEN === "write") writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each(sampleNames)("describe the result and the verdict of the sample run %s", (name) => {
    const { result, verdict } = (sampleInputs[name] as () => { result: RunResult; verdict: Verdict })();
    for (const [[, schema], document] of [
      [published[0], JSON.parse(encodeResult(result))],
      [published[1], JSON.parse(JSON.stringify({ schema: verdictSchemaVersion, ...verdict }))],
    ] as const) {
      const check = new Ajv2020({ strict: false }).compile(schema);
      expect(check(document), JSON.stringify(check.errors)).toBe(true);
    }
  });
});
