/** To which providers a studio lets its work go. The house is always among them: it is us. */
import type { z } from "zod";
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { providers, reach } from "../providers/index.ts";
import { studioProvidersChanged, type PutStudioProviders, type StudioProviders } from "./contract.ts";
import * as store from "./store.ts";

const HOUSE = "house";
const others = () => [...providers.values()].filter(({ id }) => id !== HOUSE);

export async function getStudioProviders(ctx: StudioCtx): Promise<z.infer<typeof StudioProviders>> {
  const allowed = (await store.findProviders(ctx))?.allowed ?? null;
  return {
    object: "studio_providers", allowed,
    providers: others().map(({ id, name }) => ({ id, name, available: reach(ctx, id) !== null, allowed: allowed === null || allowed.includes(id) })),
  };
}

/** Sets them for what is quoted from now on; quotes that are made already keep theirs. */
export async function putStudioProviders(ctx: StudioCtx, { allowed }: z.infer<typeof PutStudioProviders>): Promise<z.infer<typeof StudioProviders>> {
  const wanted = allowed && [...new Set(allowed)].filter((id) => id !== HOUSE).sort();
  const unknown = wanted?.find((id) => !providers.has(id));
  if (unknown !== undefined) throw new AppError("request.invalid", `There is no provider ${unknown}. Read the list at /api/v1/studio/providers.`, { errors: [{ pointer: "/allowed", detail: "unknown provider" }] });
  const before = (await store.findProviders(ctx))?.allowed ?? null;
  if (JSON.stringify(before) !== JSON.stringify(wanted)) {
    await commit(ctx, studioProvidersChanged(ctx.studio, ctx.studio, { allowed: wanted, before }), [store.putProviders(ctx, wanted)]);
  }
  return getStudioProviders(ctx);
}
