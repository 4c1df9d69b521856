import type { Product } from "./catalogue.ts";
import type { Session } from "./session.ts";

/** Units of one euro. */
const rates: Readonly<Record<string, number>> = { EUR: 1, USD: 1.08, GBP: 0.85, JPY: 162, TRY: 35, CAD: 1.47 };

export const currencies: readonly string[] = Object.keys(rates);

export function price(cents: number, currency: string): string {
  return `${((cents / 100) * (rates[currency] ?? 1)).toFixed(2)} ${currency}`;
}

export function homePage(products: readonly Product[], session: Session): string {
  return page("The sample shop", session, list(products, session));
}

export function productPage(product: Product, alike: readonly Product[], session: Session): string {
  const form = `<form method="post" action="/cart"><input type="hidden" name="product_id" value="${product.id}">
<select name="quantity"><option>1</option><option>2</option><option>5</option></select><button>Add to cart</button></form>`;
  const cost = `<p class="price">${price(product.priceCents, session.currency)}</p>`;
  return page(product.name, session, `${cost}\n${form}\n<h2>You may also like</h2>\n${list(alike, session)}`);
}

export function cartPage(products: readonly Product[], session: Session): string {
  const rows = products.map(({ id, name, priceCents }) => {
    const quantity = session.cart.get(id) ?? 0;
    return `<tr><td>${name}</td><td>${quantity}</td><td>${price(priceCents * quantity, session.currency)}</td></tr>`;
  });
  const empty = "<p>Your cart is empty.</p>";
  return page("Your cart", session, rows.length > 0 ? `<table>\n${rows.join("\n")}\n</table>` : empty);
}

export function loginPage(session: Session): string {
  const form = `<form method="post" action="/login"><input name="username"><input name="password" type="password">
<button>Sign in</button></form>`;
  return page("Sign in", session, form);
}

export function addressPage(session: Session): string {
  const form = `<form method="post" action="/address"><input type="hidden" name="csrf_token" value="${session.formToken}">
<input name="address" value="${escapeHtml(session.address ?? "")}"><button>Save</button></form>`;
  return page("Your address", session, form);
}

export function messagePage(title: string, text: string, session: Session): string {
  return page(title, session, `<p>${escapeHtml(text)}</p>`);
}

function list(products: readonly Product[], session: Session): string {
  const items = products.map(
    ({ id, name, priceCents }) =>
      `<li><a href="/product/${id}">${name}</a> <span>${price(priceCents, session.currency)}</span></li>`,
  );
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

function page(title: string, session: Session, body: string): string {
  const who = session.username === undefined ? `<a href="/login">Sign in</a>` : escapeHtml(session.username);
  const count = [...session.cart.values()].reduce((sum, quantity) => sum + quantity, 0);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><header><a href="/">Shop</a> ${who} <a href="/cart">Cart (${count})</a></header>
<h1>${escapeHtml(title)}</h1>
${body}
</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
