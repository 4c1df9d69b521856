// What it costs to record one sample. Bound (SPEC section 11): 1 µs.
import { Redactor } from "../../src/base/redact.ts";
import { Recorder } from "../../src/stats/recorder.ts";
import type { Phases } from "../../src/stats/sample.ts";

const samples = 1_000_000;
const perSecond = 40_000;

function microseconds(phases: Phases | undefined): number {
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

const all: Phases = { blocked: 0.1, dns: 0.2, connect: 0.5, firstByte: 3.2, download: 0.1 };
for (const [what, phases] of Object.entries({ warmup: undefined, "no phases": undefined, "five phases": all })) {
  if (what !== "warmup") console.log(`record, ${what}: ${microseconds(phases).toFixed(3)} µs`);
  else microseconds(phases);
}
