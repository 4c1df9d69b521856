// After locustcloud/locust-cloud: a JSON API with rest(), the parsed answer in `js`, failures by hand, and one user
// under a debugger with runSingleUser. Without decorators, so that Node runs the file as it is.
import { FastHttpUser, runSingleUser } from "swarmgate";

export class ApiUser extends FastHttpUser {
  static override tasks = [page, empty, wrongType];
}

async function page({ client }: ApiUser) {
  await client.rest<{ products: { id: number }[] }>("GET", "/products", {}, (res) => {
    if (res.js?.products.length !== 20) res.failure("expected 20 products");
  });
}

async function empty({ client }: ApiUser) {
  await client.rest<{ found: number }>("GET", "/search?q=zzz", { name: "/search" }, ({ js }) => {
    if (js?.found === 0) throw new Error("nothing found");
  });
}

async function wrongType({ client }: ApiUser) {
  await client.rest("GET", "/", { name: "a page, not JSON" });
}

if (import.meta.main) await runSingleUser(ApiUser, { iterations: 6, waits: false });
