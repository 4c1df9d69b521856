// After GoogleCloudPlatform/microservices-demo: FastHttpUser, a TaskSet of functions with weights, onStart,
// between, form posts, random data. Think times are a hundredth of theirs.
import { between, FastHttpUser, TaskSet } from "swarmgate";

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
    await this.client.get("/", { name: "/ (arriving)" });
  }
}

async function index({ client }: Browsing) {
  await client.get("/");
}

async function setCurrency({ client, user }: Browsing) {
  await client.post("/setCurrency", { form: { currency_code: user.random.pick(["EUR", "USD", "JPY", "CAD"]) } });
}

async function browseProduct({ client, user }: Browsing) {
  await client.get(`/product/${user.random.int(1, 120)}`, { name: "/product/{id}" });
}

async function viewCart({ client }: Browsing) {
  await client.get("/cart");
}

async function addToCart({ client, user }: Browsing) {
  const product = user.random.int(1, 120);
  await client.get(`/product/${product}`, { name: "/product/{id} (buying)" });
  await client.post("/cart", { form: { product_id: product, quantity: user.random.int(1, 10) } });
}

async function checkout(visit: Browsing) {
  await addToCart(visit);
  await visit.client.post("/cart/checkout", { form: { email: `someone-${visit.user.index}@example.com` } });
}

export class WebsiteUser extends FastHttpUser {
  static override tasks = [Browsing];
  override waitTime = between(0.01, 0.1);
}
