import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ended, FaultCase, FaultFamily } from "./fault-case.ts";
import type { FaultStage } from "./stage.ts";

/** A GitHub that answers like this, for one run. */
async function against(
  stage: FaultStage,
  answer: (response: import("node:http").ServerResponse) => void,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await stage.act({ comments: true, inputs, env: { GITHUB_API_URL: url }, timeoutMs: 170_000 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const passes = ({ outputs }: Ended) => (outputs.verdict === "pass" ? null : `verdict is ${outputs.verdict}`);

function api(name: string, answer: (response: import("node:http").ServerResponse) => void, withinS = 60): FaultCase {
  return {
    name: `${name} costs the comment and not the verdict`,
    run: (stage) => against(stage, answer),
    exit: 0,
    withinS,
    check: passes,
  };
}

export const platform: FaultFamily = {
  name: "a platform that fails",
  cases: [
    api("an API that answers 500", (response) => void response.writeHead(500).end("{}"), 90),
    api(
      "an API that answers 403",
      (response) => void response.writeHead(403).end('{"message":"Resource not accessible"}'),
    ),
    api("an API that answers 401", (response) => void response.writeHead(401).end('{"message":"Bad credentials"}')),
    api(
      "an API that answers HTML",
      (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>"),
    ),
    api("an API that resets", (response) => void response.socket?.resetAndDestroy(), 90),
    {
      name: "no GitHub at all: the run is judged",
      run: (stage) => stage.act({ eventName: "workflow_dispatch" }),
      exit: 0,
      withinS: 20,
      check: passes,
    },
    {
      name: "an artifact service that is not there is a notice",
      run: (stage) =>
        stage.act({
          inputs: { "upload-artifact": "true" },
          env: { ACTIONS_RUNTIME_TOKEN: "x", ACTIONS_RESULTS_URL: "http://127.0.0.1:9/" },
        }),
      exit: 0,
      says: [/could not upload the artifact|no artifact service/],
      withinS: 120,
      check: passes,
    },
  ],
};
