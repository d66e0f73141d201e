import type { Family } from "./family.ts";

/** News of connected accounts. Nobody is paid out yet, so it is only kept. */
export const connect: Family = {
  id: "connect",
  types: ["account.updated", "capability.updated", "payout.failed", "transfer.reversed"],
  handle: () => Promise.resolve("nobody is paid out here yet"),
};
