/**
 * Loads a locustfile as the product does, in a process of its own (module hooks would change the test runner), in the
 * main thread and once more in a worker thread that gets the compiled map alone. Prints one line of JSON.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { GateError } from "../../src/base/errors.ts";
import { type CompiledLocustfile, compileLocustfile, loadLocustfile } from "../../src/loading/locustfile.ts";

const engineUrl = new URL("tiny-engine.ts", import.meta.url).href;

async function load(locustfile: CompiledLocustfile) {
  const { userClasses, shapeClasses } = await loadLocustfile(locustfile, { engineUrl });
  // Not before: the locustfile must be able to bring the engine in by itself.
  const { decorated } = (await import(engineUrl)) as typeof import("./tiny-engine.ts");
  const found: unknown[] = [];
  for (const userClass of userClasses) {
    // A fixture tells what it saw by a static method or property `told`.
    const told: unknown = "told" in userClass ? userClass.told : undefined;
    found.push(typeof told === "function" ? await told.call(userClass) : told);
  }
  return {
    users: userClasses.map(({ name }) => name),
    shapes: shapeClasses.map(({ name }) => name),
    told: found,
    decorated,
  };
}

if (isMainThread) {
  const paths: string[] = JSON.parse(process.argv[2] as string);
  const answer = await tell(paths).catch((error: unknown) => {
    if (!(error instanceof GateError)) throw error;
    const { code, message, place, hint, exitCode } = error;
    return { error: { code, message, place, hint, exitCode } };
  });
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
} else {
  parentPort?.postMessage(await load(workerData));
}

async function tell(paths: string[]) {
  const beforeMs = performance.now();
  const locustfile = await compileLocustfile(paths, { cwd: process.cwd() });
  const compiledMs = performance.now();
  const main = await load(locustfile);
  const loadedMs = performance.now();
  const worker = await new Promise<unknown>((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: locustfile });
    thread.once("message", resolve).once("error", reject);
  });
  const files = [...locustfile.compiled.keys()].map((url) => url.split("/").at(-1)).sort();
  return {
    ...main,
    worker,
    files,
    hash: locustfile.hash,
    timesMs: { compile: compiledMs - beforeMs, load: loadedMs - compiledMs },
  };
}
