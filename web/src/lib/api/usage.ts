/** What a studio used, and for what. */
import { answerOf, api, type Fetch } from "./client.ts";
import { jsonOf } from "./problem.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Usage = Schemas["Usage"];
export type UsageBy = Usage["by"];
export type UsageRow = Schemas["UsageRow"];
export type UsageSummary = Schemas["UsageSummary"];

/** Days as dates; without them, the last thirty. */
export interface UsageRange { by: UsageBy; from?: string; to?: string }

export const getUsage = async (fetch: Fetch, query: UsageRange): Promise<Usage> => jsonOf(await answerOf(api(fetch).GET("/api/v1/usage", { params: { query } })));
export const getUsageSummary = (fetch: Fetch): Promise<UsageSummary> => answerOf(api(fetch).GET("/api/v1/usage/summary"));
