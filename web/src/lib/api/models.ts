/** Models: what there is, what is wished for, why one was chosen, and what becomes of films when one ends. */
import type { Wish, WishableKind } from "#film/film.ts";
import { answerOf, api, type Fetch } from "./client.ts";
import type { AffectedProjects, Model, Page, Replacement, Routing, StudioProviders, TakeDifference } from "./types.ts";

const of = (id: string) => ({ params: { path: { id } } });
/** Only the film's versions: whoever changed it reads the rest again. */
type Changed = Replacement["film"];

/** All models that this platform knows, those that are not set up here and those that have ended included. */
export const listModels = (fetch: Fetch): Promise<Page<Model>> => answerOf(api(fetch).GET("/api/v1/models"));
/** Why a job went to its model, and who else could have made it. */
export const getRouting = (fetch: Fetch, job: string): Promise<Routing> => answerOf(api(fetch).GET("/api/v1/jobs/{id}/routing", of(job)));

/** Stale becomes what was made by another wish. */
export const wishForNode = (fetch: Fetch, project: string, node: string, body: { base: number; wish: Wish }): Promise<Changed> =>
  answerOf(api(fetch).PUT("/api/v1/projects/{id}/nodes/{node}/wish", { params: { path: { id: project, node } }, body }));
/** What is not named stays as it is; null takes a wish away. */
export const wishForFilm = (fetch: Fetch, project: string, body: { base: number; wishes: { [Kind in WishableKind]?: Wish | null } }): Promise<Changed> =>
  answerOf(api(fetch).PATCH("/api/v1/projects/{id}/wishes", { ...of(project), body }));

export const compareTakes = (fetch: Fetch, from: string, to: string): Promise<TakeDifference> => answerOf(api(fetch).GET("/api/v1/takes/{id}/difference", { params: { path: { id: from }, query: { with: to } } }));

export const getStudioProviders = (fetch: Fetch): Promise<StudioProviders> => answerOf(api(fetch).GET("/api/v1/studio/providers"));
/** Null: all that there are, and those that come. */
export const putStudioProviders = (fetch: Fetch, allowed: string[] | null): Promise<StudioProviders> => answerOf(api(fetch).PUT("/api/v1/studio/providers", { body: { allowed } }));

/** A page of them; where there are more, it has a cursor. */
export const listAffected = (fetch: Fetch, model: string, cursor: string | null = null): Promise<AffectedProjects> => answerOf(api(fetch).GET("/api/v1/models/affected", { params: { query: { model, ...(cursor !== null && { cursor }) } } }));
/** Moves a film to a model's successor and quotes what is still to be made. */
export const replaceModel = (fetch: Fetch, project: string, body: { base: number; from: string; to: string | null }): Promise<Replacement> =>
  answerOf(api(fetch).POST("/api/v1/projects/{id}/replace-model", { ...of(project), body: { target: "master", ...body } }));
