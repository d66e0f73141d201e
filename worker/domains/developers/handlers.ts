import type { Subscription } from "#core/events.ts";
import { transactionRecorded } from "./contract.ts";
import { compareTokens } from "./transactions/service.ts";

export const developerSubscriptions: readonly Subscription[] = [
  {
    event: transactionRecorded.type, name: "developers.compare-tokens",
    handle: async (ctx, { data }) => {
      const { project, provider, model } = transactionRecorded.data.parse(data);
      if (project !== null && provider !== null && model !== null) await compareTokens(ctx, { project, provider, model });
    },
  },
];
