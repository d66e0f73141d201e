import { answerOf, api, done, type Fetch } from "./client.ts";
import type { Breakdown, CharacterEdit, EditListView, FilmChanged, NewProject, Page, Project, PutEditList, SavedScript, Script, ScriptFormat, ScriptReading, ScriptVersion, Shot, ShotEdit, Shots } from "./types.ts";

/** What a project is where nothing else is said. */
const PLAIN = { style: "cinematic", aspect: "16:9", targetSeconds: null, language: "en" } as const;

const path = <const Rest extends object>(id: string, rest: Rest) => ({ path: { id, ...rest } });
const of = (id: string) => ({ params: { path: { id } } });

export const listProjects = (fetch: Fetch, query: { limit?: number; cursor?: string; deleted?: "true" } = {}): Promise<Page<Project>> => answerOf(api(fetch).GET("/api/v1/projects", { params: { query } }));
export const getProject = (fetch: Fetch, id: string): Promise<Project> => answerOf(api(fetch).GET("/api/v1/projects/{id}", of(id)));
export const createProject = (fetch: Fetch, body: NewProject, key: string): Promise<Project> => answerOf(api(fetch).POST("/api/v1/projects", { body: { ...PLAIN, ...body }, params: { header: { "idempotency-key": key } } }));
export const updateProject = (fetch: Fetch, id: string, body: Partial<NewProject>): Promise<Project> => answerOf(api(fetch).PATCH("/api/v1/projects/{id}", { ...of(id), body }));
export const deleteProject = (fetch: Fetch, id: string): Promise<void> => done(api(fetch).DELETE("/api/v1/projects/{id}", of(id)));
export const restoreProject = (fetch: Fetch, id: string): Promise<Project> => answerOf(api(fetch).POST("/api/v1/projects/{id}/restore", of(id)));

export const getScript = (fetch: Fetch, id: string): Promise<Script> => answerOf(api(fetch).GET("/api/v1/projects/{id}/script", of(id)));
export const putScript = (fetch: Fetch, id: string, body: { text: string; format: ScriptFormat; base?: number }): Promise<SavedScript> => answerOf(api(fetch).PUT("/api/v1/projects/{id}/script", { ...of(id), body }));
export const listScriptVersions = (fetch: Fetch, id: string): Promise<Page<ScriptVersion>> => answerOf(api(fetch).GET("/api/v1/projects/{id}/script/versions", { params: { ...path(id, {}), query: { limit: 100 } } }));
export const getScriptVersion = (fetch: Fetch, id: string, version: string): Promise<ScriptVersion & { text: string }> => answerOf(api(fetch).GET("/api/v1/projects/{id}/script/versions/{version}", { params: path(id, { version }) }));
export const saveScriptVersion = (fetch: Fetch, id: string, label: string): Promise<ScriptVersion> => answerOf(api(fetch).POST("/api/v1/projects/{id}/script/versions", { ...of(id), body: { label } }));
export const restoreScriptVersion = (fetch: Fetch, id: string, version: string): Promise<SavedScript> => answerOf(api(fetch).POST("/api/v1/projects/{id}/script/versions/{version}/restore", { params: path(id, { version }) }));

/** The breakdown with the lines that prove it: by a model where one has read the script, by rules otherwise. */
export const getScriptReading = (fetch: Fetch, id: string): Promise<ScriptReading> => answerOf(api(fetch).GET("/api/v1/projects/{id}/breakdown/reading", of(id)));
export const getBreakdown = (fetch: Fetch, id: string): Promise<Breakdown> => answerOf(api(fetch).GET("/api/v1/projects/{id}/breakdown", of(id)));
export const editCharacter = (fetch: Fetch, id: string, character: string, body: { base: number; fields: CharacterEdit }): Promise<FilmChanged> => answerOf(api(fetch).PATCH("/api/v1/projects/{id}/characters/{character}", { params: path(id, { character }), body }));

export const getShots = (fetch: Fetch, id: string): Promise<Shots> => answerOf(api(fetch).GET("/api/v1/projects/{id}/shots", of(id)));
export const editShot = (fetch: Fetch, id: string, shot: string, body: { base: number; fields: ShotEdit }): Promise<FilmChanged> => answerOf(api(fetch).PATCH("/api/v1/projects/{id}/shots/{shot}", { params: path(id, { shot }), body }));
export const addShot = (fetch: Fetch, id: string, body: { base: number; scene: string; after: string | null; description: string; framing: Shot["framing"] }): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/projects/{id}/shots", { ...of(id), body }));
export const moveShot = (fetch: Fetch, id: string, shot: string, body: { base: number; after: string | null }): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/projects/{id}/shots/{shot}/move", { params: path(id, { shot }), body }));
/** The lines behind `afterLine` go to the second half; null: none of them. */
export const splitShot = (fetch: Fetch, id: string, shot: string, body: { base: number; afterLine: string | null }): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/projects/{id}/shots/{shot}/split", { params: path(id, { shot }), body }));
export const removeShot = (fetch: Fetch, id: string, shot: string, base: number): Promise<FilmChanged> => answerOf(api(fetch).DELETE("/api/v1/projects/{id}/shots/{shot}", { params: { ...path(id, { shot }), query: { base } } }));
/** Undo: put an earlier film version of the same script back. */
export const restoreFilm = (fetch: Fetch, id: string, body: { base: number; version: number }): Promise<FilmChanged> => answerOf(api(fetch).POST("/api/v1/projects/{id}/film/restore", { ...of(id), body }));

export const getEditList = (fetch: Fetch, id: string): Promise<EditListView> => answerOf(api(fetch).GET("/api/v1/projects/{id}/edit-list", of(id)));
export const putEditList = (fetch: Fetch, id: string, body: PutEditList & { base: number }): Promise<FilmChanged> => answerOf(api(fetch).PUT("/api/v1/projects/{id}/edit-list", { ...of(id), body }));
