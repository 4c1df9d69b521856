import { expect, test } from "vitest";
import { FastHttpUser, HttpUser } from "../../src/http/http-user.ts";
import { isAbstract, isUserClass } from "../../src/user/brand.ts";
import { serve } from "./support/servers.ts";
import { TestWorld } from "./support/world.ts";

test("HttpUser has a client on its host, and FastHttpUser is the same class", async () => {
  const server = await serve((_, response) => void response.end("x"));
  const { runtime, samples } = new TestWorld(server.url);
  class Shopper extends HttpUser {}
  const user = new Shopper(runtime);
  expect((await user.client.get("/")).text()).toBe("x");
  user[Symbol.dispose]();
  expect(samples).toHaveLength(1);
  expect(FastHttpUser).toBe(HttpUser);
  expect([isUserClass(Shopper), isAbstract(HttpUser), isAbstract(Shopper)]).toEqual([true, true, false]);
});

test("a class says how its users speak HTTP, and the run says the rest", async () => {
  const { url } = await serve(() => undefined);
  class Impatient extends HttpUser {
    static override http = { timeoutMs: 40 };
  }
  const world = new TestWorld(url);
  const user = new Impatient({ ...world.runtime, http: { userAgent: "mine", timeoutMs: 9000 } });
  await user.client.get("/");
  expect(world.failure).toBe("timeout: timed out after 0.04 s");
});

test("the user's context goes with its requests' own", async () => {
  const { url } = await serve((_, response) => void response.end("x"));
  const { runtime, details } = new TestWorld(url, { listeners: true });
  class Tenant extends HttpUser {
    override context() {
      return { tenant: this.index, step: 0 };
    }
  }
  const user = new Tenant(runtime);
  await user.client.get("/", { context: { step: 1 } });
  user.client.close();
  expect(details[0]?.context).toEqual({ tenant: 0, step: 1 });
});
