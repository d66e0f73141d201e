/** What may be spent at most, and by whom. */
import { answerOf, api, done, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Ceiling = Schemas["Ceiling"];
export type Ceilings = Pick<Schemas["Ceilings"], "data" | "timeZone">;
export type CeilingSubject = Ceiling["subject"];
export type CeilingPeriod = Ceiling["period"];
export type PutCeiling = Schemas["PutCeiling"];

/** As an id: each of its kind has this ceiling of its own. */
export const EACH = "*";

export const listCeilings = (fetch: Fetch): Promise<Ceilings> => answerOf(api(fetch).GET("/api/v1/wallet/ceilings"));
export const putCeiling = (fetch: Fetch, body: PutCeiling): Promise<Ceiling> => answerOf(api(fetch).PUT("/api/v1/wallet/ceilings", { body }));
export const removeCeiling = (fetch: Fetch, { subject, id, period }: Pick<Ceiling, "subject" | "id" | "period">): Promise<void> => done(api(fetch).DELETE("/api/v1/wallet/ceilings/{subject}/{id}/{period}", { params: { path: { subject, id, period } } }));
export const setTimeZone = (fetch: Fetch, timeZone: string): Promise<{ timeZone: string }> => answerOf(api(fetch).PATCH("/api/v1/wallet/time-zone", { body: { timeZone } }));
