import type { HttpUser } from "swarmgate";

export async function signIn({ client, index }: HttpUser): Promise<void> {
  await client.post("/login", { form: { username: `performance_${index}`, password: "secret" } });
}

export async function viewIssue({ client, random }: HttpUser): Promise<void> {
  const res = await client.get(`/product/${random.int(1, 120)}`, { name: "/browse/{key}" });
  const related = /href="\/product\/(\d+)"/.exec(res.text())?.[1];
  if (related !== undefined) await client.get(`/products/${related}`, { name: "/rest/issue/{id}" });
}

export async function viewDashboard({ client }: HttpUser): Promise<void> {
  await client.get("/account", { name: "/dashboard" });
}

export async function viewBoard({ client }: HttpUser): Promise<void> {
  await client.get("/products", { name: "/board" });
}
