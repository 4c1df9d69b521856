import type { FaultCase, FaultFamily } from "./fault-case.ts";
import { visiting } from "./stage.ts";

/**
 * The action in front of a path that answers wrongly: every request fails, the promise that comes by itself is broken,
 * and the failure is named.
 */
function fails(path: string, words: RegExp, name: string): FaultCase {
  return {
    name,
    run: (stage) => stage.act({ locustfile: visiting(path), inputs: { "stop-timeout": "1s" } }),
    // On a busy machine the generator, too, may be found wanting; green it is never.
    exit: [3, 99],
    says: [words, /errors < 1 ?%/],
    withinS: 20,
    check: ({ outputs }) => {
      if (Number(outputs.failures) !== Number(outputs.requests)) return "some requests count as good";
      return Number(outputs.requests) > 0 ? null : "no request was counted";
    },
  };
}

export const targets: FaultFamily = {
  name: "targets that answer wrongly",
  cases: [
    fails("/status-500", /500/, "500 on every request"),
    fails("/reset", /reset/, "a reset instead of an answer"),
    fails("/close", /closed|reset|hung up/, "a connection closed instead of an answer"),
    fails("/reset-in-body", /reset|broke|closed/, "a reset in mid-body"),
    fails("/short", /closed|ended|short|length|broke/, "a body shorter than its length"),
    fails("/two-lengths", /length/i, "two lengths that differ"),
    fails("/negative-length", /length/i, "a negative length"),
    fails("/chunk-lies", /closed|ended|chunk|broke/, "a chunk longer than what comes"),
    fails("/chunk-nonsense", /chunk/, "a chunk of no size"),
    fails("/gzip-garbage", /gzip|decod/, "gzip that is none"),
    fails("/gzip-cut", /gzip|decod|ended/, "gzip cut short"),
    fails("/not-http", /HTTP|protocol/, "another protocol's greeting"),
    fails("/binary", /HTTP|protocol/, "bytes of every kind"),
    fails("/loop", /redirect/, "redirects in a circle"),
    fails("/redirect-nowhere", /redirect|URL/i, "a redirect to no URL"),
    fails("/redirect-file", /redirect|file/, "a redirect to a file"),
    fails("/redirect-metadata", /169\.254|allowed-hosts|forbidden/, "a redirect to the cloud's metadata"),
    fails("/endless-head", /head/i, "a head without end"),
    {
      name: "an answer longer than it says is cut where it says",
      run: (stage) => stage.act({ locustfile: visiting("/long") }),
      exit: [0, 3, 99],
      withinS: 20,
    },
    {
      name: "a target that prints workflow commands changes nothing",
      run: (stage) => stage.act({ locustfile: visiting("/commands") }),
      exit: [3, 99],
      never: [/^::(set-output|add-mask::a$)/m, /^\s*##\[error\]/m],
      withinS: 20,
      check: ({ outputs }) => (outputs.passed === "false" ? null : "passed was forged"),
    },
    {
      name: "a port where nobody listens fails before the load",
      run: (stage) => stage.act({ inputs: { host: "http://127.0.0.1:9", "wait-timeout": "2s" } }),
      exit: 4,
      says: [/127\.0\.0\.1:9/],
      withinS: 12,
    },
    {
      name: "the command line counts refused connections as failures",
      run: (stage) => stage.load(["-H", "http://127.0.0.1:9", "--slo", "errors < 1%"]),
      exit: [3, 99],
      says: [/refused/],
      withinS: 20,
    },
    {
      name: "a name that does not resolve is named",
      run: (stage) => stage.act({ inputs: { host: "http://no-such-host.invalid", "wait-timeout": "2s" } }),
      exit: 4,
      says: [/no-such-host\.invalid/],
      withinS: 12,
    },
    {
      name: "a target that never answers is not green",
      run: (stage) => stage.act({ locustfile: visiting("/hang"), inputs: { "stop-timeout": "1s" } }),
      exit: [3, 99],
      withinS: 20,
    },
    {
      name: "a body that never ends is not green",
      run: (stage) => stage.act({ locustfile: visiting("/hang-in-body"), inputs: { "stop-timeout": "1s" } }),
      exit: [3, 99],
      withinS: 20,
    },
    {
      name: "a target that crawls is not green",
      run: (stage) => stage.act({ locustfile: visiting("/crawl"), inputs: { "stop-timeout": "1s" } }),
      exit: [3, 99],
      withinS: 20,
    },
  ],
};
