import { expect, test } from "vitest";
import { swarmgate } from "../support/built-cli.ts";

const shop = `
import { HttpUser, TaskSet, task } from "swarmgate";
class Browse extends TaskSet {
  @task(2) async list() {}
  @task async item() {}
}
export class Shopper extends HttpUser {
  static weight = 3;
  tasks = [Browse];
  @task async home() {}
}
export class Admin extends HttpUser {
  @task async dashboard() {}
}
`;

test("--list names the user classes, as Locust does", async () => {
  const { code, out, error } = await swarmgate(["--list"], { files: { "locustfile.ts": shop } });
  expect({ code, error }).toEqual({ code: 0, error: "" });
  expect(out).toBe("Available Users:\n    Admin\n    Shopper\n");
});

test("--show-task-ratio prints Locust's two tables", async () => {
  const { code, out } = await swarmgate(["--show-task-ratio", "-u", "8"], { files: { "locustfile.ts": shop } });
  expect(code).toBe(0);
  expect(out.split("\n").map((line) => line.trimEnd())).toEqual([
    "",
    " Task ratio per User class",
    "-".repeat(80),
    " 25.0       Admin",
    "   100.0      dashboard",
    " 75.0       Shopper",
    "   50.0       Browse",
    "     66.7       list",
    "     33.3       item",
    "   50.0       home",
    "",
    " Total task ratio",
    "-".repeat(80),
    " 25.0       Admin",
    "   25.0       dashboard",
    " 75.0       Shopper",
    "   37.5       Browse",
    "     25.0       list",
    "     12.5       item",
    "   37.5       home",
    "",
  ]);
});

test("--show-task-ratio-json has Locust's keys", async () => {
  const { out } = await swarmgate(["--show-task-ratio-json", "-u", "4", "Shopper"], {
    files: { "locustfile.ts": shop },
  });
  const browse = { ratio: 0.5, tasks: { list: { ratio: 2 / 3 }, item: { ratio: 1 / 3 } } };
  expect(JSON.parse(out)).toMatchObject({
    per_class: { Shopper: { ratio: 1, tasks: { home: { ratio: 0.5 }, Browse: { ratio: 0.5 } } } },
    total: { Shopper: { ratio: 1, tasks: { Browse: { ratio: browse.ratio } } } },
  });
  expect(JSON.parse(out).total.Shopper.tasks.Browse.tasks.list.ratio).toBeCloseTo(1 / 3);
});

const user = (name: string) => `
import { User, task } from "swarmgate";
export class ${name} extends User { @task async work() {} }
`;
const files = {
  "a.ts": user("Alpha"),
  "b.ts": user("Beta"),
  "load/c.ts": user("Gamma"),
  "load/deep/d.ts": user("Delta"),
  "load/_helpers.ts": user("Hidden"),
};

test.each([
  [
    ["-f", "a.ts", "-f", "b.ts"],
    ["Alpha", "Beta"],
  ],
  [
    ["-f", "a.ts,b.ts"],
    ["Alpha", "Beta"],
  ],
  [
    ["-f", "a.ts", "b.ts"],
    ["Alpha", "Beta"],
  ],
  [
    ["-f", "load"],
    ["Delta", "Gamma"],
  ],
  [["-f", "load", "-f", "a.ts", "Gamma"], ["Gamma"]],
  [["-f", "a.ts", "Alpha"], ["Alpha"]],
])("%j finds %j", async (argv, names) => {
  const { out, error } = await swarmgate([...argv, "--list"], { files });
  expect(error).toBe("");
  expect(out).toBe(["Available Users:", ...names.map((name) => `    ${name}`), ""].join("\n"));
});

test("LOCUST_LOCUSTFILE and LOCUST_USER_CLASSES say the same", async () => {
  const env = { LOCUST_LOCUSTFILE: "a.ts,b.ts", LOCUST_USER_CLASSES: "Beta" };
  expect((await swarmgate(["--list"], { files, env })).out).toBe("Available Users:\n    Beta\n");
});

test("an unknown class is answered with the nearest name", async () => {
  const { code, error } = await swarmgate(["-f", "a.ts", "-f", "b.ts", "--list", "Alhpa"], { files });
  expect(code).toBe(2);
  expect(error).toContain("no user class named Alhpa");
  expect(error).toContain("Did you mean Alpha? The locustfile exports Alpha, Beta.");
});

test("--config-users lays weights and tasks, picked by name, over the classes", async () => {
  const files = { "locustfile.ts": shop, "users.json": '[{"user_class_name":"Admin","weight":9}]' };
  const picked = '{"user_class_name":"Shopper","tasks":["home"]}';
  const argv = ["--show-task-ratio-json", "-u", "12", "--config-users", picked, "--config-users", "users.json"];
  const { out, error } = await swarmgate(argv, { files });
  expect(error).toBe("");
  expect(JSON.parse(out).per_class).toEqual({
    Admin: { ratio: 0.75, tasks: { dashboard: { ratio: 1 } } },
    Shopper: { ratio: 0.25, tasks: { home: { ratio: 1 } } },
  });
  const wrong = await swarmgate([...argv, "--config-users", '{"user_class_name":"Shoper"}'], { files });
  expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining("no user class named Shoper") });
}, 30_000);
