import { describe, expect, it } from "vitest";
import { guessStart } from "../../src/cli/guess-start.ts";

const of = (files: Readonly<Record<string, string>>) => guessStart(new Map(Object.entries(files)));

describe("the likely start of a project", () => {
  it("is package.json's, by the package manager whose lock file lies there", () => {
    const manifest = JSON.stringify({ scripts: { start: "node server.js", build: "tsc" } });
    expect(of({ "package.json": manifest, "package-lock.json": "{}" })).toMatchObject({
      start: "npm start",
      build: "npm ci && npm run build",
      from: "package.json",
    });
    expect(of({ "package.json": manifest, "pnpm-lock.yaml": "" })?.start).toBe("pnpm start");
  });

  it("is not that of a package.json without such a script, or that cannot be read", () => {
    const compose = { "compose.yml": 'services: { web: { ports: ["8080:80"] } }' };
    expect(of({ "package.json": "{}", ...compose })?.from).toBe("compose.yml");
    expect(of({ "package.json": "{", ...compose })?.from).toBe("compose.yml");
    expect(of({ "package.json": "{}" })).toBeNull();
  });

  it("says of Compose what has to hold, unless the file takes the port already", () => {
    expect(of({ "compose.yml": 'ports: ["8080:80"]' })?.provided).toContain("PORT");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose reads it
    expect(of({ "compose.yml": 'ports: ["${PORT:-8080}:80"]' })?.provided).toBeNull();
  });

  it("is found in Procfile, Makefile, Cargo.toml, pyproject.toml and Dockerfile", () => {
    expect(of({ Procfile: "worker: a\nweb: gunicorn app:app\n" })?.start).toBe("gunicorn app:app");
    expect(of({ Makefile: "build:\n\tgo build\nrun: build\n\t./app\n" })).toMatchObject({
      start: "make run",
      build: "make build",
    });
    expect(of({ Makefile: "run := 3\n" })).toBeNull();
    expect(of({ "Cargo.toml": '[package]\nname = "a"\n' })?.start).toBe("cargo run --release");
    expect(of({ "pyproject.toml": '[project.scripts]\nshop = "shop:main"\n' })?.start).toBe("shop");
    expect(of({ "pyproject.toml": 'dependencies = ["fastapi"]' })?.start).toContain('--port "$PORT"');
    expect(of({ Dockerfile: "FROM scratch" })?.stop).toContain("docker rm -f");
  });
});
