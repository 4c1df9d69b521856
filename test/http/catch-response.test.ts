import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { RescheduleTask } from "../../src/user/exceptions.ts";
import { serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

let world: TestWorld;

beforeEach(async () => {
  const { url } = await serve((request, response) => {
    response.statusCode = Number(request.url?.slice(1)) || 200;
    response.end("body");
  });
  world = new TestWorld(url);
  return () => world.client.close();
});

/** Runs a task as the user's loop does: its end is the witness's to tell. */
async function runTask(task: () => Promise<unknown>): Promise<unknown> {
  try {
    await task();
    world.witness.endTask();
    return undefined;
  } catch (error) {
    world.witness.endTask(error);
    return error;
  }
}

const catching = { catchResponse: true } as const;

test("an expected 404 is a success when the locustfile says so", async () => {
  {
    using response = await world.client.get("/404", catching);
    if (response.status === 404) response.success();
  }
  expect(world.failure).toBeUndefined();
  expect(world.sample.status).toBe(404);
});

test("a good status is a failure when the locustfile says so, with its words and the answer shown", async () => {
  {
    using response = await world.client.get("/200", catching);
    response.failure("wrong content");
  }
  expect(world.failure).toBe("check: wrong content");
  expect(world.sample.failure?.sample).toMatchObject({ request: "GET /200", status: 200, body: "body" });
});

test("an Error is told by its message, and by its name where it has one", async () => {
  for (const error of [new Error("plain"), new TypeError("typed")]) {
    using response = await world.client.get("/", catching);
    response.failure(error);
  }
  expect(world.samples.map(({ failure }) => failure?.message)).toEqual(["plain", "TypeError: typed"]);
});

test("the last word wins", async () => {
  {
    using response = await world.client.get("/", catching);
    response.failure("no");
    response.success();
    response.failure("no, really");
  }
  expect(world.failure).toBe("check: no, really");
});

test.each([
  [200, undefined],
  [399, undefined],
  [400, "status: 400 Bad Request"],
  [503, "status: 503 Service Unavailable"],
])("untouched, status %i counts by the status", async (status, failure) => {
  const error = await runTask(async () => {
    using _ = await world.client.get(`/${status}`, { ...catching, allowRedirects: false });
  });
  expect(error).toBeUndefined();
  expect(world.failure).toBe(failure);
});

test("a throw before a verdict records a failure and goes on to the task", async () => {
  const thrown = new TypeError("res.json is undefined");
  const error = await runTask(async () => {
    using _ = await world.client.get("/200", catching);
    throw thrown;
  });
  expect(error).toBe(thrown);
  expect(world.failure).toBe("exception: TypeError: res.json is undefined");
});

test("a throw from deep inside several async calls still finds its request", async () => {
  const deep = async (depth: number): Promise<void> => {
    if (depth > 0) return await deep(depth - 1);
    using _ = await world.client.get("/200", catching);
    throw new Error("deep");
  };
  await runTask(() => deep(5));
  expect(world.failure).toBe("exception: Error: deep");
});

test("a throw after a verdict keeps the verdict and goes on to the task", async () => {
  const thrown = new Error("later");
  const error = await runTask(async () => {
    using response = await world.client.get("/200", catching);
    response.success();
    throw thrown;
  });
  expect(error).toBe(thrown);
  expect(world.failure).toBeUndefined();
});

test("without a scope, the next request settles it", async () => {
  const response = await world.client.get("/500", catching);
  expect(world.samples).toEqual([]);
  response.success();
  await world.client.get("/");
  expect(world.samples.map(({ status, failure }) => [status, failure])).toEqual([
    [500, undefined],
    [200, undefined],
  ]);
});

test("without a scope, the end of the task settles it", async () => {
  await runTask(async () => {
    (await world.client.get("/200", catching)).failure("said at the end");
  });
  expect(world.failure).toBe("check: said at the end");
});

test("without a scope, a throw is its failure", async () => {
  await runTask(async () => {
    await world.client.get("/200", catching);
    throw new Error("oops");
  });
  expect(world.failure).toBe("exception: Error: oops");
});

test("a scope that is over and untouched is counted without waiting for the task", async () => {
  {
    using _ = await world.client.get("/200", catching);
  }
  await sleep(20);
  expect(world.failure).toBeUndefined();
});

test("answers to requests made at once each wait for their own verdict", async () => {
  const [one, two] = await Promise.all([world.client.get("/200", catching), world.client.get("/404", catching)]);
  one.failure("one");
  two.success();
  world.witness.endTask();
  expect(world.samples.map(({ status, failure }) => [status, failure?.message]).sort()).toEqual([
    [200, "one"],
    [404, undefined],
  ]);
});

test("a verdict that comes too late is told", async () => {
  const response = await world.client.get("/", catching);
  await world.client.get("/");
  expect(() => response.success()).toThrow(expect.objectContaining({ code: "verdict-late" }));
});

test("success and failure without catchResponse are told", async () => {
  const response = await world.client.get("/");
  expect(() => response.failure("x")).toThrow(expect.objectContaining({ code: "catch-response-missing" }));
});

test("a callback judges, and the call returns when it has", async () => {
  const response = await world.client.get("/404", {
    catchResponse: async (answer) => {
      await sleep(1);
      answer.success();
    },
  });
  expect(response.status).toBe(404);
  expect(world.failure).toBeUndefined();
});

test("a callback that throws before a verdict records a failure, and the call throws on", async () => {
  const thrown = new RangeError("bad total");
  const judge = () => {
    throw thrown;
  };
  await expect(world.client.get("/", { catchResponse: judge })).rejects.toBe(thrown);
  expect(world.failure).toBe("exception: RangeError: bad total");
});

test("a callback that throws after a verdict keeps it", async () => {
  const answer = world.client.get("/", {
    catchResponse: (response) => {
      response.failure("mine");
      throw new Error("other");
    },
  });
  await expect(answer).rejects.toThrow("other");
  expect(world.failure).toBe("check: mine");
});

test("a callback that says nothing leaves it to the status", async () => {
  await world.client.get("/500", { catchResponse: () => undefined });
  expect(world.failure).toBe("status: 500 Internal Server Error");
});

test("a callback that reschedules the task does not make its request a failure", async () => {
  const answer = world.client.get("/", {
    catchResponse: () => {
      throw new RescheduleTask();
    },
  });
  await expect(answer).rejects.toBeInstanceOf(RescheduleTask);
  expect(world.failure).toBeUndefined();
});

test("a connection failure may be declared a success", async () => {
  world.client.baseUrl = "http://127.0.0.1:1";
  {
    using response = await world.client.get("/", catching);
    expect(response.status).toBe(0);
    response.success();
  }
  expect(world.failure).toBeUndefined();
});

test("answers still waiting when the user is closed are counted", async () => {
  (await world.client.get("/", catching)).failure("kept");
  world.client.close();
  expect(world.failure).toBe("check: kept");
});

test("a callback may make requests of its own before it judges", async () => {
  await world.client.get("/404", {
    catchResponse: async (answer) => {
      await world.client.get("/200");
      answer.success();
    },
  });
  expect(world.samples.map(({ status, failure }) => [status, failure])).toEqual([
    [200, undefined],
    [404, undefined],
  ]);
});

test("[Locust] other requests inside a scope do not end its wait: the verdict counts at the scope's end", async () => {
  const error = await runTask(async () => {
    using order = await world.client.get("/406", catching);
    await world.client.get("/200");
    {
      using nested = await world.client.get("/404", catching);
      await world.client.get("/200", { catchResponse: (answer) => answer.failure("by callback") });
      expect(world.samples).toHaveLength(2);
      nested.success();
    }
    order.success();
    await world.client.get("/200");
    order.failure("the last word");
  });
  expect(error).toBeUndefined();
  expect(world.samples.map(({ status, failure }) => [status, failure?.message])).toEqual([
    [200, undefined],
    [200, "by callback"],
    [404, undefined],
    [200, undefined],
    [406, "the last word"],
  ]);
});

test("[Locust] what is thrown fails every answer whose scope it leaves and that had no verdict", async () => {
  await runTask(async () => {
    using one = await world.client.get("/200", catching);
    using two = await world.client.get("/404", catching);
    using _three = await world.client.get("/200", catching);
    one.success();
    two.success();
    await world.client.get("/500");
    throw new Error("oops");
  });
  expect(world.samples.map(({ status, failure }) => [status, failure?.message]).sort()).toEqual([
    [200, undefined],
    [200, "Error: oops"],
    [404, undefined],
    [500, "500 Internal Server Error"],
  ]);
});

test("a scope holds a streamed answer too, and one taken into a DisposableStack", async () => {
  await runTask(async () => {
    using stack = new DisposableStack();
    const held = stack.use(await world.client.get("/404", catching));
    using streamed = await world.client.get("/500", { stream: true, catchResponse: true });
    await world.client.get("/200");
    expect(await streamed.text()).toBe("body");
    streamed.success();
    held.success();
  });
  expect(world.samples.map(({ status, failure }) => [status, failure])).toEqual([
    [200, undefined],
    [500, undefined],
    [404, undefined],
  ]);
});
