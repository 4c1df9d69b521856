import { expect, test } from "vitest";
import { nodeProblem } from "../../src/door/required-node.ts";

test.each(["0.12.18", "14.21.3", "20.20.2", "22.18.0"])("Node %s is refused, with the version needed", (found) => {
  expect(nodeProblem(found, "/usr/bin/node")).toMatch(
    new RegExp(
      `^swarmgate needs Node\\.js 22\\.19 or newer; this is Node\\.js ${found} \\(/usr/bin/node\\)\\.\\n  Install`,
    ),
  );
});

test.each(["22.19.0", "22.23.5", "23.0.0", "24.19.0", "100.0.0"])("Node %s will do", (found) => {
  expect(nodeProblem(found, "/usr/bin/node")).toBeUndefined();
});
