import { between, FastHttpUser, TaskSet } from "swarmgate";

const currencies = ["EUR", "USD", "JPY", "GBP", "TRY", "CAD"];
const quantities = [1, 2, 3, 4, 5, 10];
const productCount = 120;

/** One visit to the boutique, in Locust's older manner: functions, and a table of how often each is chosen. */
class Browsing extends TaskSet<FastHttpUser> {
  static override tasks = new Map([
    [index, 1],
    [setCurrency, 2],
    [browseProduct, 10],
    [addToCart, 2],
    [viewCart, 3],
    [checkout, 1],
  ]);

  override async onStart() {
    await index(this);
  }
}

async function index({ client }: Browsing) {
  await client.get("/");
}

async function setCurrency({ client, user }: Browsing) {
  await client.post("/setCurrency", { form: { currency_code: user.random.pick(currencies) } });
}

async function browseProduct({ client, user }: Browsing) {
  await client.get(`/product/${user.random.int(1, productCount)}`, { name: "/product/{id}" });
}

async function viewCart({ client }: Browsing) {
  await client.get("/cart");
}

async function addToCart(visit: Browsing) {
  const { client, user } = visit;
  const product = user.random.int(1, productCount);
  await client.get(`/product/${product}`, { name: "/product/{id}" });
  await client.post("/cart", { form: { product_id: product, quantity: user.random.pick(quantities) } });
}

async function checkout(visit: Browsing) {
  const { client, user } = visit;
  await addToCart(visit);
  await client.post("/cart/checkout", {
    form: {
      email: `visitor-${user.index}@example.com`,
      street_address: `${user.random.int(1, 200)} Harbour Street`,
      zip_code: user.random.int(10_000, 99_999),
      city: user.random.pick(["Izmir", "Lisbon", "Oslo", "Turin"]),
      country: user.random.pick(["TR", "PT", "NO", "IT"]),
      credit_card_number: "4111-1111-1111-1111",
      credit_card_expiration_month: user.random.int(1, 12),
      credit_card_expiration_year: 2040,
      credit_card_cvv: user.random.int(100, 999),
    },
  });
}

export class Visitor extends FastHttpUser {
  static override tasks = [Browsing];
  override waitTime = between(1, 10);
}
