import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnswerCase, answerCases } from "./conformance/answers.ts";
import { answering, byNode, byReader, byUndici, byUs } from "./conformance/clients.ts";
import { differences } from "./conformance/differences.ts";

/** The bytes, cut before each of these positions. */
function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...new Set([...cuts].sort((a, b) => a - b)), bytes.length];
  return edges.slice(1).map((to, i) => bytes.subarray(edges[i], to));
}

const everywhere = (bytes: Buffer) => Array.from({ length: Math.max(0, bytes.length - 1) }, (_, i) => i + 1);
/** Long heads and lines say nothing more when they are cut thousands of times. */
const isLong = (bytes: Buffer) => bytes.length > 2000;

/** Cuts of any number at any place. */
function randomCuts(bytes: Buffer): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 1, max: Math.max(1, bytes.length - 1) }), { maxLength: 12 });
}

const named = answerCases.map((answer) => [answer.name, answer] as const);
const bytesOf = ({ bytes }: AnswerCase) => Buffer.from(bytes, "latin1");

describe("an answer is read the same however it is cut", () => {
  test.each(named)("%s", (_, answer) => {
    const bytes = bytesOf(answer);
    const expected = { outcome: answer.outcome, kept: answer.kept === true };
    const parts = (cuts: readonly number[]) => (bytes.length === 0 ? [] : cutAt(bytes, cuts));
    expect(byReader(answer, parts([]))).toEqual(expected);
    if (isLong(bytes)) return;
    expect(byReader(answer, parts(everywhere(bytes)))).toEqual(expected);
    for (const cut of everywhere(bytes)) expect([cut, byReader(answer, parts([cut]))]).toEqual([cut, expected]);
    fc.assert(
      fc.property(randomCuts(bytes), (cuts) => {
        expect(byReader(answer, parts(cuts.filter((cut) => cut < bytes.length)))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

/**
 * Node's own client and undici are both llhttp. Where they make something else of an answer than this client does, the
 * list says what, and which paragraph is followed here; a difference that is listed and is none fails as well.
 */
describe("an answer over a socket, beside node:http and undici", () => {
  test.each(named)("%s", async (_, answer) => {
    const bytes = bytesOf(answer);
    const server = await answering();
    const [drawn = []] = fc.sample(randomCuts(bytes), 1);
    const { node, undici } = differences.find(({ answers }) => answers.includes(answer.name)) ?? {};
    const others = { node: node ?? answer.outcome, undici: undici ?? answer.outcome };
    const cut = answer.unasked || isLong(bytes) ? [] : [drawn.filter((at) => at < bytes.length), everywhere(bytes)];
    for (const way of [[], ...cut]) {
      server.parts = cutAt(bytes, way);
      server.closes = answer.closes === true;
      const { outcome, kept, headers } = await byUs(answer, server);
      expect({ way, outcome, kept }).toEqual({ way, outcome: answer.outcome, kept: answer.kept === true });
      for (const [name, value] of Object.entries(answer.headers ?? {})) expect(headers.get(name)).toBe(value);
      // They are not asked for what takes no close: whether a failure comes at once is no matter here.
      server.closes = true;
      const [byN, byU] = [await byNode(answer, server), await byUndici(answer, server)];
      expect({ way, node: byN, undici: byU }).toEqual({ way, ...others });
    }
  });

  test("every difference is of answers that are there, and says which paragraph it follows", () => {
    const names = answerCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { answers, because } of differences) {
      expect(because).toMatch(/^RFC 91\d\d, \d/);
      expect(names).toEqual(expect.arrayContaining([...answers]));
    }
    const listed = differences.flatMap(({ answers }) => answers);
    expect(new Set(listed).size).toBe(listed.length);
  });
});
