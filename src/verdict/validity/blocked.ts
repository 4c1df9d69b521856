import { foreign, ours, type Sentence, say } from "../../base/sentence.ts";
import { type Arm, parseCellKey } from "../../stats/endpoint.ts";
import type { FailureGroup, FailureSample } from "../../stats/failures.ts";
import type { RunResult } from "../../stats/run-result.ts";
import { isJudged } from "../../stats/summary.ts";
import { reason } from "../reasons.ts";
import type { Reason } from "../verdict.ts";

/** Headers a platform's shield puts on the answers it gives in the target's place. */
const shieldHeaders = ["x-vercel-mitigated", "cf-mitigated"];
/** Where previews send those who are not signed in. */
const signOnHosts =
  /(^|\/\/|\.)(vercel\.com\/(sso|login)|[\w-]+\.cloudflareaccess\.com|login\.microsoftonline\.com|accounts\.google\.com\/o\/|[\w-]+\.okta\.com)/i;
const throttledShare = 0.01;

/**
 * What the platform in front of the target did to us: shields, sign-on pages, throttling
 * (docs/verdict.md#invalid-runs).
 */
export function platformBlocks(result: RunResult): Reason[] {
  return [shielded(result), throttled(result)].filter((reason) => reason !== null);
}

function shielded({ blocks }: RunResult): Reason | null {
  // Every phase counts: a shield met during the ramp has seen to the rest.
  for (const block of blocks) {
    const reason = shieldOf(block.failures.groups.values());
    if (reason) return reason;
  }
  return null;
}

/** Whether the platform answered in the target's place, by what its answers say; null if none of them says so. */
export function shieldOf(failures: Iterable<FailureGroup>): Reason | null {
  for (const group of failures) {
    for (const sample of group.samples) {
      const sign = signOf(sample);
      if (sign) return blocked(sign, group, sample);
    }
  }
  return null;
}

function blocked(sign: Sentence, group: FailureGroup, sample: FailureSample): Reason {
  return reason(
    "blocked",
    say`The target's platform answered in its place: ${sign} on ${sample.request} (status ${sample.status}, first seen ${group.count}× in that block).`,
  );
}

/** What in an answer gives the platform away; null for an answer of the target's own. */
function signOf({ headers }: FailureSample): Sentence | null {
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (shieldHeaders.includes(lower)) return foreign(`${lower}: ${value}`);
    if (lower === "location" && signOnHosts.test(value))
      return say`a redirect to sign-on (${value.split("?")[0] ?? ""})`;
    if (lower === "set-cookie" && value.startsWith("_vercel_sso_nonce="))
      return ours("a sign-on cookie of the platform");
  }
  return null;
}

function throttled({ blocks }: RunResult): Reason | null {
  const seen = new Map<Arm, { requests: number; throttled: number }>();
  for (const block of blocks.filter(isJudged)) {
    for (const [key, stats] of block.cells) {
      const { arm } = parseCellKey(key);
      const sum = seen.get(arm) ?? { requests: 0, throttled: 0 };
      sum.requests += stats.requests;
      sum.throttled += stats.statuses.get(429) ?? 0;
      seen.set(arm, sum);
    }
  }
  for (const [arm, { requests, throttled }] of seen) {
    if (throttled <= throttledShare * requests) continue;
    const percent = Math.round((1000 * throttled) / requests) / 10;
    const whose = arm === "base" ? "The base" : "The target";
    return reason(
      "throttled",
      say`${ours(whose)} answered 429 Too Many Requests to ${throttled} of ${requests} requests (${percent} %, limit 1 %).`,
    );
  }
  return null;
}
