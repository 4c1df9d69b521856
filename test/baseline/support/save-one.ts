/** One writer in a process of its own: `save-one.ts <path> <number>`. */
import { systemClock } from "../../../src/base/clock.ts";
import { FileStore } from "../../../src/baseline/file-store.ts";
import { recordNumber } from "./records.ts";

const [path = "", number = ""] = process.argv.slice(2);
const saved = await new FileStore({ path, keep: 20, clock: systemClock }).save("api", recordNumber(Number(number)));
process.stdout.write(`${JSON.stringify(saved)}\n`);
