// What it costs to record one sample. Bound: 1 µs (docs/performance.md#how-to-measure).
import { Redactor } from "../../src/base/redact.ts";
import { Recorder } from "../../src/stats/recorder.ts";
import type { Phases } from "../../src/stats/sample.ts";

const samples = 1_000_000;
const perSecond = 40_000;

const phaseSets = {
  "no phases": undefined,
  "three phases": { blocked: 0.1, firstByte: 3.2, download: 0.1 },
  "five phases": { blocked: 0.1, dns: 0.2, connect: 0.5, firstByte: 3.2, download: 0.1 },
} satisfies Record<string, Phases | undefined>;

/** Microseconds a sample, by how much is known of it; the first pass, which warms up, is thrown away. */
export function recordingUs(): Record<keyof typeof phaseSets, number> {
  oneSampleUs(undefined);
  return {
    "no phases": oneSampleUs(phaseSets["no phases"]),
    "three phases": oneSampleUs(phaseSets["three phases"]),
    "five phases": oneSampleUs(phaseSets["five phases"]),
  };
}

function oneSampleUs(phases: Phases | undefined): number {
  const recorder = new Recorder({ startedAtMs: 0, redactor: new Redactor([]) });
  const beganMs = performance.now();
  for (let i = 0; i < samples; i++) {
    const startMs = (i * 1000) / perSecond;
    const latencyMs = 3 + (i % 97) / 13;
    const endpoint = { method: "GET", name: i % 10 ? "/home" : "/item/{id}" };
    recorder.record({
      arm: "head",
      endpoint,
      intendedMs: startMs,
      startMs,
      latencyMs,
      status: 200,
      bytesIn: 10,
      bytesOut: 0,
      phases,
    });
    if (i % (perSecond / 2) === perSecond / 2 - 1) {
      recorder.close({ untilBlock: recorder.blockAt(startMs + 1), users: new Map() });
    }
  }
  return ((performance.now() - beganMs) * 1000) / samples;
}

if (import.meta.main) {
  for (const [what, us] of Object.entries(recordingUs())) console.log(`record, ${what}: ${us.toFixed(3)} µs`);
}
