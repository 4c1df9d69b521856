import { describe, expect, it } from "vitest";
import { commandEnvironment } from "../../src/service/command-environment.ts";
import { publishedPorts, usesCompose } from "../../src/service/compose.ts";
import { gitEnvironment } from "../../src/service/git.ts";
import { parseListeners } from "../../src/service/listeners.ts";
import { membersAmong } from "../../src/service/members.ts";
import { ownershipAmong } from "../../src/service/ownership.ts";
import { parseStat } from "../../src/service/process-table.ts";
import { fillUrl, tellsArmsApart } from "../../src/service/url-template.ts";

describe("a line of /proc/<pid>/stat", () => {
  it("is read whatever the process calls itself", () => {
    // Fields 6 to 24; the start is the 22nd.
    const rest = Array.from({ length: 19 }, (_, index) => index + 6);
    const line = `42 (a) S (b) 9) R 7 42 ${rest.join(" ")}`;
    expect(parseStat(line)).toEqual({ pid: 42, parent: 7, group: 42, start: "22", isDead: false });
    expect(parseStat("nothing")).toBeNull();
  });
});

describe("the processes of an arm", () => {
  const row = (pid: number, parent: number, group: number, start = "1") => ({
    pid,
    parent,
    group,
    start,
    isDead: false,
  });

  it("are its leader's group, whoever has its mark, and their descendants", () => {
    const table = [row(10, 1, 10), row(11, 10, 10), row(12, 11, 12), row(20, 1, 20), row(21, 20, 21), row(30, 1, 30)];
    const found = membersAmong(table, { leaders: [{ pid: 10, start: "1" }] }, (pid) => pid === 20);
    expect(found.map(({ pid }) => pid)).toEqual([10, 11, 12, 20, 21]);
  });

  it("are not those of another process that was given the same id later", () => {
    const table = [row(10, 1, 10, "99"), row(11, 10, 10, "100")];
    expect(membersAmong(table, { leaders: [{ pid: 10, start: "1" }] }, () => false)).toEqual([]);
  });
});

describe("who listens", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 12346 1 0 100 0 0 10 0
`;

  it("is read from the kernel's table, connections left out", () => {
    expect(parseListeners(table)).toEqual([{ port: 8080, inode: 12345 }]);
  });

  const asked = {
    port: 8080,
    own: new Set([1]),
    others: [{ arm: "base", pids: new Set([2]) }],
    chosen: false,
    compose: false,
  };

  it("is the arm itself, or its answers are not its own", () => {
    const of = (pids: number[], more: Partial<typeof asked> & { hidden?: boolean } = {}) =>
      ownershipAmong({ ...asked, ...more, owners: { pids, hidden: more.hidden ?? false } });
    expect(of([1]).is).toBe("own");
    expect(of([2])).toEqual({ is: "other", why: "on port 8080 listens the base version's process 2" });
    // Two sockets on one port (SO_REUSEPORT) share the connections.
    expect(of([1, 2]).is).toBe("other");
    expect(of([], { hidden: true }).is).toBe("other");
    // Nobody listened there when the port was chosen.
    expect(of([], { hidden: true, chosen: true }).is).toBe("own");
    expect(of([]).is).toBe("other");
  });
});

describe("the environment of a command", () => {
  const env = {
    PATH: "/bin",
    DATABASE_URL: "postgres://db",
    ACTIONS_RUNTIME_TOKEN: "t",
    ACTIONS_RESULTS_URL: "u",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "as a run: step has it",
    "INPUT_GITHUB-TOKEN": "secret",
    STATE_x: "y",
    GITHUB_ENV: "/runner/env",
    GITHUB_OUTPUT: "/runner/output",
    GIT_DIR: "/elsewhere",
  };
  const made = commandEnvironment(env, { arm: "base", port: 4711, mark: "swarmgate-ab-base", scratch: "/scratch" });

  it("is a run: step's, without what belongs to the action, and says where to listen", () => {
    expect(made).toEqual({
      PATH: "/bin",
      DATABASE_URL: "postgres://db",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "as a run: step has it",
      GITHUB_ENV: "/scratch/github_env",
      GITHUB_OUTPUT: "/scratch/github_output",
      PORT: "4711",
      HOST: "127.0.0.1",
      SWARMGATE_ARM: "base",
      COMPOSE_PROJECT_NAME: "swarmgate-ab-base",
      SWARMGATE_SERVICE: "swarmgate-ab-base",
    });
  });
});

describe("git's environment", () => {
  it("has the token for the server alone, after taking back another header, and no hooks", () => {
    const settings = {
      env: { PATH: "/bin", GIT_DIR: "/x" },
      token: "tok",
      serverUrl: "https://github.com/",
      signal: new AbortController().signal,
    };
    const made = gitEnvironment(settings, { directory: "/repo", withToken: true });
    const keys = Object.keys(made).filter((name) => name.startsWith("GIT_CONFIG_KEY_"));
    expect(made.GIT_CONFIG_COUNT).toBe(String(keys.length));
    expect(made.GIT_CONFIG_VALUE_0).toBe("/dev/null");
    const header = keys.filter((key) => made[key] === "http.https://github.com/.extraheader");
    expect(header.map((key) => made[key.replace("KEY", "VALUE")])).toEqual([
      "",
      `AUTHORIZATION: basic ${Buffer.from("x-access-token:tok").toString("base64")}`,
    ]);
    expect(made).not.toHaveProperty("GIT_DIR");
    expect(JSON.stringify(gitEnvironment(settings, { directory: "/repo", withToken: false }))).not.toContain(
      "AUTHORIZATION",
    );
  });
});

describe("Compose", () => {
  it("is recognised in a command, and its ports in a listing", () => {
    expect(usesCompose("docker compose up --build --wait")).toBe(true);
    expect(usesCompose("docker-compose -f a.yml up -d")).toBe(true);
    expect(usesCompose("npm run compose")).toBe(false);
    expect([
      ...publishedPorts("0.0.0.0:8080->80/tcp, :::8080->80/tcp, 127.0.0.1:9000-9001->9000-9001/tcp\n5432/tcp"),
    ]).toEqual([8080, 9000, 9001]);
  });
});

describe("a URL of two versions", () => {
  it("differs by the port or by the arm", () => {
    expect(fillUrl("http://localhost:$PORT/", { arm: "head", port: 1 })).toBe("http://localhost:1");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable as the user writes it
    expect(fillUrl("http://${SWARMGATE_ARM}.localhost:8080/api", { arm: "base", port: 1 })).toBe(
      "http://base.localhost:8080/api",
    );
    expect(tellsArmsApart("http://localhost:$PORTAL")).toBe(false);
  });
});
