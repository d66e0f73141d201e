import { env } from "cloudflare:workers";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { beginNightlyRoot, continueRoot } from "#domains/credits/index.ts";
import type { Fixture } from "../fixtures-of-routes.ts";

const nothing: Fixture = { make: () => ({}) };

let signed: Promise<string> | undefined;

/** The number of a signed root, made once by asking every wallet. */
const root = (): Promise<string> => (signed ??= (async () => {
  const ctx = systemCtx(env, openDb(env), "test", (work) => void work);
  await beginNightlyRoot(ctx);
  for (let minutes = 0; minutes < 50; minutes += 1) {
    const row = await env.DB.prepare("SELECT number FROM roots WHERE state = 'signed' LIMIT 1").first<{ number: number }>();
    if (row) return String(row.number);
    await continueRoot(ctx);
  }
  throw new Error("no root is signed");
})());

/** Far above what the suite's film costs. */
const ceiling = { subject: "project", id: "proj_00000000", period: "day", credits: 1_000_000 };

/** A ceiling that is there anew. Keys may not remove one. */
const newCeiling: Fixture = {
  make: async (world) => {
    const own = { ...ceiling, id: world.project };
    await world.put("/api/v1/wallet/ceilings", own);
    return { params: { subject: own.subject, id: own.id, period: own.period } };
  },
  status: 403,
};

export const creditsFixtures: Record<string, Fixture> = {
  listRoots: nothing,
  getRoot: { make: async () => ({ params: { number: await root() } }) },
  getWalletRoot: { make: () => ({}), status: 404 },
  requestRoot: nothing,
  listRootKeys: nothing,
  getStatement: nothing,
  listCeilings: nothing,
  putCeiling: { make: () => ({ body: ceiling }) },
  removeCeiling: newCeiling,
  setTimeZone: { make: () => ({ body: { timeZone: "Europe/Berlin" } }), status: 403 },
};
