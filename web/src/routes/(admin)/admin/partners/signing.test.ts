import { expect, test } from "vitest";
import { example, shell, sign } from "./signing.ts";

test("the page signs as docs/design/partners.md says", async () => {
  const body = '{"kind":"payment","studio":"studio_01k0example","reference":"INV-1042","amountCents":4900,"currency":"EUR","occurredAt":"2027-01-01T00:00:00Z"}';
  expect(await sign("dps_the-secret-of-the-example-opens-nothing", `1798761600.POST./api/v1/transactions.order-1042.${body}`)).toBe("v1=98916a117543417953deca00b3330a471f791b2fa6056582796b74574798b466");
});

test("the example is of what the partner may record, and its shell commands hold no secret", async () => {
  const told = { secret: "dps_secret", kinds: ["token_use"] as const, studio: "studio_01k0example" };
  const { body, key, timestamp } = await example(told, new Date("2027-01-01T00:00:00Z"));
  expect(JSON.parse(body)).toMatchObject({ kind: "token_use", studio: "studio_01k0example", occurredAt: "2027-01-01T00:00:00.000Z" });
  expect(timestamp).toBe("1798761600");
  expect(shell({ partner: "partner_01", origin: "https://dailies.example", body, key })).not.toContain("dps_secret");
});
