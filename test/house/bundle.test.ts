import { expect, test } from "vitest";
import { importsOf, isTest, read, sources } from "./sources.ts";

/** What the worker's bundle has only stand-ins of, by stand-ins.json, where no type says so. Tests run what is bundled as it really is. */
const stoodIn: Record<string, RegExp> = {
  jose: /\b(EncryptJWT|jwtDecrypt)\b/,
  zod: /\bz\.(compile|fromJSONSchema|locales)\b/,
  "better-auth": /\bmemoryAdapter\b|\bapi\.(accountInfo|getAccessToken|linkSocialAccount|listUserAccounts|refreshToken|unlinkAccount)\b/,
};
const bundled = sources(/^(worker|durable-objects|film)\//).filter(({ path }) => !isTest(path) && !path.startsWith("worker/core/bundling/"));
const here = "worker/core/bundling";
const aliases = Object.entries(JSON.parse(read(`${here}/stand-ins.json`)) as Record<string, string>).map(([from, to]) => ({ from, to: `${here}/${to}` }));

test.each(Object.entries(stoodIn))("nothing that is bundled asks %s for what is not there", (_, absent) => {
  expect(bundled.filter(({ text }) => absent.test(text)).map(({ path }) => path)).toEqual([]);
});

test("accounts are linked by no route that is open", () => {
  expect(read("worker/domains/identity/sessions/paths.ts")).not.toMatch(/link-social|list-accounts|unlink-account|get-access-token|refresh-token|account-info/);
});

test("what is asked of Stripe is there, and Stripe is reached in one place", () => {
  const [, named = ""] = /StripeApi = Pick<Stripe,([^>]+)>/.exec(read("worker/domains/billing/stripe.ts")) ?? [];
  const resources = [...named.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name.toLowerCase());
  expect(resources.length).toBeGreaterThan(5);
  const gone = new Set(aliases.map(({ from }) => /^\.\/resources\/(\w+)/.exec(from)?.[1]?.toLowerCase()));
  expect(resources.filter((resource) => gone.has(resource))).toEqual([]);
  const importers = bundled.filter((source) => importsOf(source).includes("stripe")).map(({ path }) => path);
  expect(importers).toEqual(["worker/domains/billing/stripe.ts"]);
});

test("every stand-in is there, and stands for something that the packages still have", () => {
  expect(aliases.length).toBeGreaterThan(60);
  for (const { to } of aliases) expect(read(to).length, to).toBeGreaterThan(0);
  const stripe = read("node_modules/stripe/esm/stripe.core.js");
  expect(aliases.filter(({ from }) => from.startsWith("./resources") && !stripe.includes(`'${from}'`))).toEqual([]);
});

test.each([["ai", "ai.ts"], ["@ai-sdk/openai", "ai-vendors.ts"], ["@ai-sdk/anthropic", "ai-vendors.ts"], ["@ai-sdk/google", "ai-vendors.ts"]])("of %s, which is loaded when it is needed, what is asked for is there", (from, file) => {
  const standIn = read(`worker/core/bundling/${file}`);
  const asked = bundled.flatMap(({ text }) => [...text.matchAll(/\{([^{}]+)\} = await import\("([^"]+)"\)/g)].filter(([, , name]) => name === from).flatMap(([, names = ""]) => names.split(",").map((name) => name.trim())));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => !new RegExp(`\\b${name}\\b`).test(standIn))).toEqual([]);
  expect(bundled.filter((source) => new RegExp(`^import (?!type).* from "${from}"`, "m").test(source.text)).map(({ path }) => path)).toEqual([]);
});

test.each([["mediabunny", "worker/domains/media/demuxing.ts"], ["better-auth/minimal", "worker/domains/identity/sessions/auth.ts"]])("%s is loaded when it is needed: nothing imports it but a file that is itself imported late", (from, file) => {
  expect(bundled.filter((source) => importsOf(source).includes(from)).map(({ path }) => path)).toEqual([file]);
  const name = file.slice(file.lastIndexOf("/"));
  expect(bundled.filter(({ text }) => new RegExp(`^import (?!type).*${name.replace(".", "\\.")}"`, "m").test(text)).map(({ path }) => path)).toEqual([]);
});
