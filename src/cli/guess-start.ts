/** How a project seems to be started. */
export interface StartGuess {
  readonly start: string;
  readonly build: string | null;
  readonly stop: string | null;
  /** The file that says so. */
  readonly from: string;
  /** What has to hold for it to work, if that is not sure. */
  readonly provided: string | null;
}

const composeFiles = ["compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"];

/** Files that `guessStart` wants to see, in the order in which they are believed. */
export const startFiles: readonly string[] = [
  "package.json",
  "package-lock.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  ...composeFiles,
  "Procfile",
  "Makefile",
  "Cargo.toml",
  "pyproject.toml",
  "Dockerfile",
];

const needsPort = "the service listens on the port in the variable PORT";

/**
 * The likely `start` of a project, from the files at its top; null where none of them says.
 * @param files text by name, of those among `startFiles` that are there
 */
export function guessStart(files: ReadonlyMap<string, string>): StartGuess | null {
  return (
    ofPackage(files) ??
    ofCompose(files) ??
    ofProcfile(files) ??
    ofMakefile(files) ??
    ofCargo(files) ??
    ofPython(files) ??
    ofDockerfile(files)
  );
}

type Files = ReadonlyMap<string, string>;
const plain = { build: null, stop: null, provided: needsPort };

function ofPackage(files: Files): StartGuess | null {
  const text = files.get("package.json");
  if (text === undefined) return null;
  const scripts = scriptsOf(text);
  if (typeof scripts.start !== "string") return null;
  const [manager, install] = files.has("pnpm-lock.yaml")
    ? ["pnpm", "pnpm install --frozen-lockfile"]
    : files.has("yarn.lock")
      ? ["yarn", "yarn install --immutable"]
      : ["npm", files.has("package-lock.json") ? "npm ci" : "npm install"];
  const build = typeof scripts.build === "string" ? `${install} && ${manager} run build` : install;
  return { ...plain, start: `${manager} start`, build, from: "package.json" };
}

function scriptsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    return typeof scripts === "object" && scripts !== null ? (scripts as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function ofCompose(files: Files): StartGuess | null {
  const from = composeFiles.find((name) => files.has(name));
  if (from === undefined) return null;
  const takesPort = /\$\{?PORT\b/.test(files.get(from) ?? "");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose reads it
  const provided = takesPort ? null : 'it publishes its port as "${PORT:-8080}:8080"';
  return { ...plain, start: "docker compose up --build --wait", from, provided };
}

function ofProcfile(files: Files): StartGuess | null {
  const [, start] = /^web:\s*(.+?)\s*$/m.exec(files.get("Procfile") ?? "") ?? [];
  return start === undefined ? null : { ...plain, start, from: "Procfile", provided: null };
}

function ofMakefile(files: Files): StartGuess | null {
  const text = files.get("Makefile") ?? "";
  const has = (target: string) => new RegExp(`^${target}\\s*:(?!=)`, "m").test(text);
  const target = ["start", "serve", "run"].find(has);
  if (target === undefined) return null;
  return { ...plain, start: `make ${target}`, build: has("build") ? "make build" : null, from: "Makefile" };
}

function ofCargo(files: Files): StartGuess | null {
  if (!/^\s*\[package\]/m.test(files.get("Cargo.toml") ?? "")) return null;
  return { ...plain, start: "cargo run --release", build: "cargo build --release", from: "Cargo.toml" };
}

/** Of a Python project only what its own scripts or its framework tell. */
function ofPython(files: Files): StartGuess | null {
  const text = files.get("pyproject.toml") ?? "";
  const [, script] = /^\[project\.scripts\]\s*\n\s*"?([\w-]+)"?\s*=/m.exec(text) ?? [];
  if (script !== undefined) return { ...plain, start: script, build: "pip install .", from: "pyproject.toml" };
  if (!/\b(?:fastapi|starlette)\b/i.test(text)) return null;
  const provided = "the application is `app` in main.py";
  return {
    ...plain,
    start: 'python -m uvicorn main:app --port "$PORT"',
    build: "pip install . uvicorn",
    from: "pyproject.toml",
    provided,
  };
}

function ofDockerfile(files: Files): StartGuess | null {
  if (!files.has("Dockerfile")) return null;
  const name = '"$COMPOSE_PROJECT_NAME"';
  return {
    start: `docker run --rm --name ${name} -e PORT -p "$PORT:$PORT" ${name}`,
    build: `docker build -t ${name} .`,
    stop: `docker rm -f ${name}`,
    from: "Dockerfile",
    provided: needsPort,
  };
}
