/** Single things that are ordered by themselves: what was made, how, and of which files. */
import { answerOf, api, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";
import type { Page, Take } from "./types.ts";

export type Asset = components["schemas"]["Asset"];
export type Manifest = components["schemas"]["Manifest"];

const of = (id: string) => ({ params: { path: { id } } });
type List = { limit: number; cursor: string | null };

/** Newest first, by some tools, of the whole studio or for one film; `none`: for no film. */
export const listTaskTakes = (fetch: Fetch, { tools, project, limit, cursor }: List & { tools: readonly string[]; project?: string }): Promise<Page<Take>> =>
  answerOf(api(fetch).GET("/api/v1/takes", { params: { query: { limit, tool: tools.join(","), ...(project !== undefined && { project }), ...(cursor !== null && { cursor }) } } }));
export const getTake = (fetch: Fetch, id: string): Promise<Take> => answerOf(api(fetch).GET("/api/v1/takes/{id}", of(id)));
export const getManifest = (fetch: Fetch, take: string): Promise<Manifest> => answerOf(api(fetch).GET("/api/v1/takes/{id}/manifest", of(take)));
export const getAsset = (fetch: Fetch, id: string): Promise<Asset> => answerOf(api(fetch).GET("/api/v1/assets/{id}", of(id)));
/** Newest first: those of a kind, or all. */
export const listAssets = (fetch: Fetch, { kind, limit, cursor }: List & { kind: string | null }): Promise<Page<Asset>> =>
  answerOf(api(fetch).GET("/api/v1/assets", { params: { query: { limit, ...(kind !== null && { kind }), ...(cursor !== null && { cursor }) } } }));
