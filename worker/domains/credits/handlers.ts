import type { Subscription } from "#core/events.ts";
import { studioCreated } from "#domains/identity/contract.ts";
import { grantSignup } from "./service.ts";

/** A person's own studio begins with the free plan's credits. Lost messages come again by the sweep of events. */
export const creditSubscriptions: readonly Subscription[] = [
  {
    event: studioCreated.type, name: "credits.grant-signup",
    handle: async (ctx, { data }) => {
      const { studio, personal } = studioCreated.data.parse(data);
      if (personal) await grantSignup(ctx, studio);
    },
  },
];
