// Stands in for parts of better-auth that cannot be reached (stand-ins.json): the routes of linked accounts, which `sessions/paths.ts`
// does not mount, telemetry, which is off, and the database in memory, since there is one in D1.
import { createAuthEndpoint } from "@better-auth/core/api";
import { APIError } from "@better-auth/core/error";

const absent = createAuthEndpoint("/not-in-the-bundle", { method: "GET" }, async () => { throw new APIError("NOT_FOUND"); });
export { absent as accountInfo, absent as getAccessToken, absent as linkSocialAccount, absent as listUserAccounts, absent as refreshToken, absent as unlinkAccount };

const nowhere = { publish: async () => undefined };
export const createTelemetry = async () => nowhere;

export function memoryAdapter(): never {
  throw new Error("better-auth's database in memory is not in the worker's bundle");
}
