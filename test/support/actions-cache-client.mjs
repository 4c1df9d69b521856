// GitHub's own cache client, unmodified: `save|restore <key> <file>`; prints what came of it as its last line.
import { restoreCache, saveCache } from "@actions/cache";

const [what, key, file] = process.argv.slice(2);
const outcome = what === "save" ? await saveCache([file], key) : await restoreCache([file], key, [key]);
console.log(`\n${JSON.stringify({ outcome: outcome ?? null })}`);
