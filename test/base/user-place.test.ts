import { expect, test } from "vitest";
import { formatPlace, isUserFile, userPlace } from "../../src/base/user-place.ts";

const stack = `TypeError: x is not a function (at all:1:2)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at new Client (/home/me/shop/node_modules/axios/index.js:1:2)
    at Promise.all (index 0)
    at async Shopper.home [as run] (file:///home/me/my%20shop%20(old)/locustfile.ts:25:19)
    at /home/me/shop/other.ts:3:4`;

test("the first frame outside Node and packages is the user's", () => {
  expect(userPlace(stack)).toEqual({ file: "/home/me/my shop (old)/locustfile.ts", line: 25, column: 19 });
});

test("frames without a function, and the caller's own rule", () => {
  const place = userPlace(stack, (file) => file.endsWith("other.ts"));
  expect(place).toEqual({ file: "/home/me/shop/other.ts", line: 3, column: 4 });
  expect(userPlace(undefined)).toBeUndefined();
  expect(userPlace("Error: no frames")).toBeUndefined();
});

test("the engine's own files are not the user's, this test is", () => {
  expect(userPlace(new Error("here").stack)?.file).toMatch(/user-place\.test\.ts$/);
  expect(isUserFile(new URL("../../src/http/client/client.ts", import.meta.url).pathname)).toBe(false);
});

test("a place is written file:line:column, from the root where it lies below it", () => {
  const place = { file: "/home/me/shop/load/a.ts", line: 1, column: 2 };
  expect(formatPlace(place, "/home/me/shop")).toBe("load/a.ts:1:2");
  expect(formatPlace(place, "/home/you")).toBe("/home/me/shop/load/a.ts:1:2");
  expect(formatPlace(place)).toBe("/home/me/shop/load/a.ts:1:2");
});
