import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { productCount } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { addressPage, cartPage, currencies, homePage, loginPage, messagePage, price, productPage } from "./pages.ts";
import { type Answer, Refusal, type Visit, wholeNumber } from "./visit.ts";

/** The knobs that may be turned while the shop is open. */
export interface ShopSwitches {
  /** Share of `GET /flaky` that answers 503, 0 to 1. */
  flakyRatio: number;
  /** Share of everything else that answers 500, 0 to 1. */
  errorRatio: number;
  /** How many times as long an endpoint (`GET /search`) takes, 1 or more. */
  readonly slow: Map<string, number>;
}

/** What the routes work with. */
export interface ShopParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly switches: ShopSwitches;
}

type Handler = (visit: Visit, parts: ShopParts) => Promise<Answer> | Answer;

/** Longest that `/slow` may be asked to take. */
const slowestMs = 10_000;

/** Every route, by method and path; `{name}` matches one segment. */
const routes: Readonly<Record<string, Handler>> = {
  "GET /": home,
  "GET /home": home,
  "GET /healthz": () => ({ json: { status: "ok" } }),

  async "GET /products"({ url, timer }, { database }) {
    const page = wholeNumber(Object.fromEntries(url.searchParams), "page", 1);
    const products = await database.page(timer, { offset: (page - 1) * 20, limit: 20 });
    return { json: { page, pages: Math.ceil(productCount / 20), products } };
  },
  async "GET /products/{id}"({ parts, timer }, { database }) {
    const product = await database.product(timer, Number(parts.id));
    return product ? { json: product } : notFound("no such product");
  },
  async "GET /product/{id}"({ parts, timer, session }, { database }) {
    const product = await database.product(timer, Number(parts.id));
    if (!product) return notFound("no such product");
    const alike = await database.page(timer, { offset: (product.id * 3) % (productCount - 4), limit: 4 });
    return { html: productPage(product, alike, session) };
  },
  async "GET /search"({ url, timer }, { database }) {
    const query = url.searchParams.get("q") ?? "";
    if (query === "") throw new Refusal(422, "q is missing");
    const products = await database.search(timer, query);
    return { json: { query, found: products.length, products } };
  },

  async "GET /cart"({ timer, session }, { database }) {
    await database.touch(timer, "read");
    const found = await Promise.all([...session.cart.keys()].map((id) => database.product(timer, id)));
    return {
      html: cartPage(
        found.filter((product) => product !== undefined),
        session,
      ),
    };
  },
  async "POST /cart"({ fields, timer, session }, { database }) {
    const id = wholeNumber(fields, "product_id");
    const quantity = wholeNumber(fields, "quantity", 1);
    if (!(await database.product(timer, id))) return notFound("no such product");
    await database.touch(timer, "write");
    session.cart.set(id, (session.cart.get(id) ?? 0) + quantity);
    return redirect("/cart");
  },
  async "POST /cart/empty"({ timer, session }, { database }) {
    await database.touch(timer, "write");
    session.cart.clear();
    return redirect("/");
  },
  async "POST /cart/checkout"(visit, parts) {
    const { number, total } = await order(visit, parts);
    return { html: messagePage("Thank you", `Order ${number}: ${total}`, visit.session) };
  },
  async "POST /checkout"(visit, parts) {
    return { status: 201, json: await order(visit, parts) };
  },

  "GET /login": ({ session }) => ({ html: loginPage(session) }),
  async "POST /login"({ fields, timer, session }, { database }) {
    await database.touch(timer, "read");
    const { username, password } = fields;
    if (typeof username !== "string" || username === "" || typeof password !== "string" || password === "") {
      throw new Refusal(401, "username and password are needed");
    }
    session.username = username;
    return redirect("/");
  },
  "POST /logout": ({ session }) => {
    session.username = undefined;
    return redirect("/");
  },
  async "GET /account"({ timer, session }, { database }) {
    if (session.username === undefined) throw new Refusal(401, "sign in first");
    await database.touch(timer, "read");
    return { json: { username: session.username, currency: session.currency } };
  },
  /** A form that is refused without the token its page holds. */
  "GET /address": ({ session }) => {
    if (session.username === undefined) throw new Refusal(401, "sign in first");
    return { html: addressPage(session) };
  },
  async "POST /address"({ fields, timer, session }, { database }) {
    if (session.username === undefined) throw new Refusal(401, "sign in first");
    if (fields.csrf_token !== session.formToken) throw new Refusal(403, "the form is too old");
    if (typeof fields.address !== "string" || fields.address === "") throw new Refusal(422, "address is missing");
    await database.touch(timer, "write");
    session.address = fields.address;
    return redirect("/address");
  },
  "POST /setCurrency": ({ fields, session }) => {
    const currency = String(fields.currency_code ?? "");
    if (!currencies.includes(currency)) throw new Refusal(422, `currency_code must be one of ${currencies.join(", ")}`);
    session.currency = currency;
    return redirect("/");
  },

  /** Changes of the stock as they happen: `lines` of them, one every `ms`. */
  "GET /feed": ({ url }, { clock }) => {
    const lines = Math.min(1000, Number(url.searchParams.get("lines") ?? 10));
    const everyMs = Math.min(slowestMs, Number(url.searchParams.get("ms") ?? 5));
    return { lines: stockChanges({ lines, everyMs, clock }) };
  },

  async "GET /slow"({ url }, { clock }) {
    const ms = Math.min(slowestMs, Number(url.searchParams.get("ms") ?? 500));
    await clock.sleep(ms);
    return { json: { ms } };
  },
  "GET /flaky": (_visit, { random, switches }) => {
    if (random.float() < switches.flakyRatio) throw new Refusal(503, "not just now");
    return { json: { status: "ok" } };
  },
};

async function home({ timer, session }: Visit, { database }: ShopParts): Promise<Answer> {
  return { html: homePage(await database.page(timer, { offset: 0, limit: 12 }), session) };
}

async function order({ timer, session }: Visit, { database }: ShopParts) {
  if (session.cart.size === 0) throw new Refusal(409, "the cart is empty");
  const { number, lines, totalCents } = await database.placeOrder(timer, session.cart);
  session.cart.clear();
  return { number, lines, total: price(totalCents, session.currency) };
}

async function* stockChanges({ lines, everyMs, clock }: { lines: number; everyMs: number; clock: Clock }) {
  for (let change = 1; change <= lines; change++) {
    yield { change, product: (change % productCount) + 1, stock: (change * 7) % 50 };
    if (change < lines) await clock.sleep(everyMs);
  }
}

function redirect(location: string): Answer {
  return { status: 303, headers: { location }, html: "" };
}

function notFound(message: string): Answer {
  return { status: 404, json: { error: message } };
}

const patterns = Object.entries(routes).map(([endpoint, handle]) => {
  const [method = "", path = ""] = endpoint.split(" ");
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}$`);
  return { endpoint, method, path, names, pattern, handle };
});

/** The route of a request. HEAD is answered as GET. Undefined if there is none. */
export function findRoute(request: { method: string; pathname: string }) {
  const method = request.method === "HEAD" ? "GET" : request.method;
  for (const route of patterns) {
    const match = route.method === method ? route.pattern.exec(request.pathname) : null;
    if (!match) continue;
    const parts = Object.fromEntries(route.names.map((name, index) => [name, match[index + 1] ?? ""]));
    return { endpoint: route.endpoint, handle: route.handle, parts };
  }
  return undefined;
}
