import { ask, type Fetch } from "./client.ts";
import type { Breakdown, EditListView, FilmChanged, Page, Project, PutEditList, SavedScript, Script, ScriptFormat, ScriptVersion, Shot, ShotEdit, Shots } from "./types.ts";
import type { CharacterLook, Framing } from "#film/film.ts";

export interface NewProject {
  title: string;
  style?: Project["style"];
  aspect?: Project["aspect"];
  targetSeconds?: number | null;
}

const at = (project: string, rest = ""): string => `/v1/projects/${encodeURIComponent(project)}${rest}`;

export const listProjects = (fetch: Fetch, query: { limit?: number; cursor?: string | null; deleted?: "true" } = {}): Promise<Page<Project>> => ask(fetch, { path: "/v1/projects", query });
export const getProject = (fetch: Fetch, id: string): Promise<Project> => ask(fetch, { path: at(id) });
export const createProject = (fetch: Fetch, body: NewProject, idempotencyKey: string): Promise<Project> => ask(fetch, { method: "POST", path: "/v1/projects", body, idempotencyKey });
export const updateProject = (fetch: Fetch, id: string, body: Partial<NewProject>): Promise<Project> => ask(fetch, { method: "PATCH", path: at(id), body });
export const deleteProject = (fetch: Fetch, id: string): Promise<unknown> => ask(fetch, { method: "DELETE", path: at(id) });
export const restoreProject = (fetch: Fetch, id: string): Promise<Project> => ask(fetch, { method: "POST", path: at(id, "/restore") });

export const getScript = (fetch: Fetch, id: string): Promise<Script> => ask(fetch, { path: at(id, "/script") });
export const putScript = (fetch: Fetch, id: string, body: { text: string; format: ScriptFormat; base?: number }): Promise<SavedScript> => ask(fetch, { method: "PUT", path: at(id, "/script"), body });
export const listScriptVersions = (fetch: Fetch, id: string): Promise<Page<ScriptVersion>> => ask(fetch, { path: at(id, "/script/versions"), query: { limit: 100 } });
export const getScriptVersion = (fetch: Fetch, id: string, version: string): Promise<ScriptVersion & { text: string }> => ask(fetch, { path: at(id, `/script/versions/${version}`) });
export const saveScriptVersion = (fetch: Fetch, id: string, label: string): Promise<ScriptVersion> => ask(fetch, { method: "POST", path: at(id, "/script/versions"), body: { label } });
export const restoreScriptVersion = (fetch: Fetch, id: string, version: string): Promise<SavedScript> => ask(fetch, { method: "POST", path: at(id, `/script/versions/${version}/restore`) });

export const getBreakdown = (fetch: Fetch, id: string): Promise<Breakdown> => ask(fetch, { path: at(id, "/breakdown") });
export interface CharacterEdit {
  voice?: string | null;
  description?: string;
  look?: Partial<CharacterLook>;
}
export const editCharacter = (fetch: Fetch, id: string, character: string, body: { base: number; fields: CharacterEdit }): Promise<FilmChanged> => ask(fetch, { method: "PATCH", path: at(id, `/characters/${character}`), body });

export const getShots = (fetch: Fetch, id: string): Promise<Shots> => ask(fetch, { path: at(id, "/shots") });
export const editShot = (fetch: Fetch, id: string, shot: string, body: { base: number; fields: ShotEdit }): Promise<FilmChanged> => ask(fetch, { method: "PATCH", path: at(id, `/shots/${shot}`), body });
export const addShot = (fetch: Fetch, id: string, body: { base: number; scene: string; after: string | null; description: string; framing?: Framing }): Promise<FilmChanged & { shot?: Shot }> => ask(fetch, { method: "POST", path: at(id, "/shots"), body });
export const moveShot = (fetch: Fetch, id: string, shot: string, body: { base: number; after: string | null }): Promise<FilmChanged> => ask(fetch, { method: "POST", path: at(id, `/shots/${shot}/move`), body });
export const splitShot = (fetch: Fetch, id: string, shot: string, base: number): Promise<FilmChanged> => ask(fetch, { method: "POST", path: at(id, `/shots/${shot}/split`), body: { base } });
export const removeShot = (fetch: Fetch, id: string, shot: string, base: number): Promise<FilmChanged> => ask(fetch, { method: "DELETE", path: at(id, `/shots/${shot}`), query: { base } });
/** Undo: put an earlier film version of the same script back. */
export const restoreFilm = (fetch: Fetch, id: string, body: { base: number; version: number }): Promise<FilmChanged> => ask(fetch, { method: "POST", path: at(id, "/film/restore"), body });

export const getEditList = (fetch: Fetch, id: string): Promise<EditListView> => ask(fetch, { path: at(id, "/edit-list") });
export const putEditList = (fetch: Fetch, id: string, body: PutEditList & { base: number }): Promise<FilmChanged> => ask(fetch, { method: "PUT", path: at(id, "/edit-list"), body });
