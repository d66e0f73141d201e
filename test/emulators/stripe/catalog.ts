import type Stripe from "stripe";
import { Account, decimal, idOf, unexpected } from "./account.ts";
import type { Interval } from "./calendar.ts";
import { page } from "./lists.ts";
import type { Route } from "./routes.ts";
import { Input, invalid } from "./wire.ts";

const INTERVALS = ["day", "week", "month", "year"] as const;

export function createProduct(account: Account, input: Input): Stripe.Product {
  const created = account.seconds();
  const id = input.text("id") ?? account.newId("prod_", 14);
  if (account.find("product", id)) throw unexpected(`Product already exists: ${id}`, "resource_already_exists", "id");
  const product = account.add("product", {
    id, object: "product", active: input.flag("active") ?? true, created, default_price: null, description: input.text("description"), images: input.texts("images"), livemode: false,
    marketing_features: input.maps("marketing_features").map((feature) => ({ name: feature.required("name") })), metadata: input.metadata(), name: input.required("name"), package_dimensions: null, shippable: null,
    statement_descriptor: input.text("statement_descriptor"), tax_code: input.text("tax_code"), tax_details: null, type: "service", unit_label: input.text("unit_label"), updated: created, url: input.text("url"),
  });
  account.emit("product.created", product);
  const price = input.map("default_price_data");
  if (price) product.default_price = createPrice(account, price, product.id).id;
  return product;
}

/** A price, of a product that is named or, with `product_data`, made. */
export function createPrice(account: Account, input: Input, ofProduct: string | null = null): Stripe.Price {
  const data = input.map("product_data");
  const product = ofProduct ?? (data ? createProduct(account, data).id : account.get("product", input.required("product"), input.at("product")).id);
  const amount = input.integer("unit_amount");
  if (amount === null) throw invalid("Prices of the emulator need a unit_amount.", input.at("unit_amount"), "parameter_missing");
  if (amount < 0) throw invalid("This value must be greater than or equal to 0.", input.at("unit_amount"), "parameter_invalid_integer");
  const lookup = input.text("lookup_key");
  const holder = lookup === null ? undefined : account.all("price").find(({ lookup_key }) => lookup_key === lookup);
  if (holder && input.flag("transfer_lookup_key") !== true) throw unexpected(`A price (\`${holder.id}\`) already uses that lookup key.`, "resource_already_exists", "lookup_key");
  if (holder) account.change(holder, { lookup_key: null }, "price.updated");
  const recurring = input.map("recurring");
  const price = account.add("price", {
    id: account.newId("price_"), object: "price", active: input.flag("active") ?? true, billing_scheme: "per_unit", created: account.seconds(), currency: input.required("currency").toLowerCase(), custom_unit_amount: null,
    livemode: false, lookup_key: lookup, metadata: input.metadata(), nickname: input.text("nickname"), product,
    recurring: recurring && { interval: recurring.oneOf("interval", INTERVALS) ?? recurring.required("interval"), interval_count: recurring.integer("interval_count") ?? 1, meter: null, trial_period_days: null, usage_type: "licensed" },
    tax_behavior: input.text("tax_behavior") ?? "unspecified", tiers_mode: null, transform_quantity: null, type: recurring ? "recurring" : "one_time", unit_amount: amount, unit_amount_decimal: decimal(amount),
  });
  account.emit("price.created", price);
  return price;
}

/** How often a recurring price is due. */
export function rhythmOf(price: Stripe.Price): { interval: Interval; interval_count: number } {
  const interval = INTERVALS.find((known) => known === price.recurring?.interval);
  if (!interval) throw unexpected(`The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`, "price_type_mismatch", "items");
  return { interval, interval_count: price.recurring?.interval_count ?? 1 };
}

export const nameOf = (account: Account, price: Stripe.Price): string => account.find("product", idOf(price.product))?.name ?? "Product";

const PRODUCT = ["active", "default_price_data", "description", "id", "images", "marketing_features", "metadata", "name", "shippable", "statement_descriptor", "tax_code", "type", "unit_label", "url"];
const PRICE = ["active", "currency", "lookup_key", "metadata", "nickname", "product", "product_data", "recurring", "tax_behavior", "transfer_lookup_key", "unit_amount"];

export const catalogRoutes: Route[] = [
  { method: "POST", path: "/v1/products", accepts: PRODUCT, answer: (account, input) => createProduct(account, input) },
  { method: "GET", path: "/v1/products", accepts: ["active", "ids"], answer: (account, input) => page(account.all("product").filter(isListed(input, input.texts("ids"))), input, "/v1/products") },
  { method: "GET", path: "/v1/products/:id", answer: (account, _, id) => account.get("product", id) },
  {
    method: "POST", path: "/v1/products/:id", accepts: [...PRODUCT, "default_price"], answer: (account, input, id) => {
      const product = account.get("product", id);
      return account.change(product, {
        metadata: input.metadata(product.metadata), updated: account.seconds(), name: input.text("name") ?? product.name, active: input.flag("active") ?? product.active,
        ...(input.has("description") ? { description: input.text("description") } : {}), ...(input.has("default_price") ? { default_price: input.text("default_price") } : {}),
      }, "product.updated");
    },
  },
  { method: "POST", path: "/v1/prices", accepts: PRICE, answer: (account, input) => createPrice(account, input) },
  {
    method: "GET", path: "/v1/prices", accepts: ["active", "currency", "lookup_keys", "product", "type", "recurring"], answer: (account, input) => {
      const [keys, product, type] = [input.texts("lookup_keys"), input.text("product"), input.text("type")];
      if (keys.length > 10) throw invalid("You can list up to 10 lookup_keys.", "lookup_keys");
      const found = account.all("price").filter(isListed(input, [])).filter((price) => (keys.length === 0 || keys.includes(price.lookup_key ?? "")) && (product === null || price.product === product) && (type === null || price.type === type));
      return page(found, input, "/v1/prices");
    },
  },
  { method: "GET", path: "/v1/prices/:id", answer: (account, _, id) => account.get("price", id) },
  {
    method: "POST", path: "/v1/prices/:id", accepts: ["active", "lookup_key", "metadata", "nickname", "tax_behavior", "transfer_lookup_key"], answer: (account, input, id) => {
      const price = account.get("price", id);
      const lookup = input.has("lookup_key") ? input.text("lookup_key") : price.lookup_key;
      const holder = account.all("price").find((other) => lookup !== null && other.lookup_key === lookup && other.id !== id);
      if (holder && input.flag("transfer_lookup_key") !== true) throw unexpected(`A price (\`${holder.id}\`) already uses that lookup key.`, "resource_already_exists", "lookup_key");
      if (holder) account.change(holder, { lookup_key: null }, "price.updated");
      return account.change(price, { active: input.flag("active") ?? price.active, lookup_key: lookup, metadata: input.metadata(price.metadata), nickname: input.has("nickname") ? input.text("nickname") : price.nickname }, "price.updated");
    },
  },
];

const isListed = (input: Input, ids: string[]) => ({ id, active }: { id: string; active: boolean }): boolean => (input.flag("active") ?? active) === active && (ids.length === 0 || ids.includes(id));
