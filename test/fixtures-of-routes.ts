import { env } from "cloudflare:workers";
import type { World } from "./world.ts";

/** How a route is called so that it works: path parameters, query and body. */
export interface Call {
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
}

export interface Fixture {
  /** Makes what the route needs in the studio of this world. Called anew for each caller who is expected to get through. */
  make(world: World): Promise<Call> | Call;
  /** The status that a caller gets who may call it, where it is no success: the rule was passed, something else was missing. */
  status?: number;
  /** What somebody from elsewhere gets, where it is not 404 for what is named and their own for what is not. */
  foreign?: number;
}

const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter. Rain runs down the window.\n\nMARTA\nYou're late.\n\nTOM\nThe bridge was closed.\n";

async function answerOf<Body>(answer: Response): Promise<Body> {
  if (!answer.ok) throw new Error(`a fixture answered ${answer.status}: ${await answer.text()}`);
  return answer.json<Body>();
}

export async function project(world: World): Promise<string> {
  return (await answerOf<{ id: string }>(await world.post("/api/v1/projects", { title: "Late" }))).id;
}

interface Written {
  id: string;
  base: number;
  scene: string;
  shots: string[];
  character: string;
}

/** A project with a script, and what is in its film. */
export async function written(world: World): Promise<Written> {
  const id = await project(world);
  await answerOf(await world.put(`/api/v1/projects/${id}/script`, { text: SCRIPT }));
  const { filmVersion: base, data } = await answerOf<{ filmVersion: number; data: { id: string; scene: string }[] }>(await world.get(`/api/v1/projects/${id}/shots`));
  const { characters } = await answerOf<{ characters: { id: string }[] }>(await world.get(`/api/v1/projects/${id}/breakdown`));
  return { id, base, scene: data[0]?.scene ?? "", shots: data.map((shot) => shot.id), character: characters[0]?.id ?? "" };
}

const inProject: Fixture = { make: async (world) => ({ params: { id: await project(world) } }) };
const inFilm: Fixture = { make: async (world) => ({ params: { id: (await written(world)).id } }) };
const nothing: Fixture = { make: () => ({}) };

const ofShot = (body: (film: Written) => unknown): Fixture => ({
  make: async (world) => {
    const film = await written(world);
    return { params: { id: film.id, shot: film.shots[0] ?? "" }, body: body(film) };
  },
});

async function version(world: World): Promise<Call> {
  const { id } = await written(world);
  const { id: kept } = await answerOf<{ id: string }>(await world.post(`/api/v1/projects/${id}/script/versions`, { label: "Kept" }));
  return { params: { id, version: kept } };
}

const newMember = async (world: World): Promise<Call> => {
  const { user, studio } = await world.member("viewer");
  const row = await env.DB.prepare("SELECT id FROM members WHERE studio = ? AND user_id = ?").bind(studio, user).first<{ id: string }>();
  return { params: { id: row?.id ?? "" } };
};

const newInvite = async (world: World, email: string): Promise<Call> =>
  ({ params: { id: (await answerOf<{ id: string }>(await world.post("/api/v1/invites", { email, role: "viewer" }))).id } });

async function asset(world: World): Promise<Call> {
  const id = `asset_${crypto.randomUUID().replaceAll("-", "")}`;
  await env.DB.prepare("INSERT INTO assets (id, studio, kind, role, key, content_type, bytes, sha256, created_at) VALUES (?, ?, 'upload', 'image', ?, 'image/png', 8, ?, ?)")
    .bind(id, world.studio, `test/${id}`, "0".repeat(64), Date.now()).run();
  return { params: { id } };
}

const newUpload = { filename: "panel.png", contentType: "image/png", bytes: 8 };
const upload = async (world: World): Promise<Call> => ({ params: { id: (await answerOf<{ id: string }>(await world.post("/api/v1/uploads", newUpload))).id } });

/** One line for each route, by its operation. */
export const fixtures: Record<string, Fixture> = {
  getHealth: { ...nothing, status: 503 },
  listProblems: nothing,
  getConfig: nothing,
  listLocalMails: { ...nothing, status: 404 },

  getMe: nothing,
  listSessions: nothing,
  revokeSession: { make: () => ({ params: { id: "sess_0000000000" } }), foreign: 204 },
  listStudios: nothing,
  createStudio: { make: () => ({ body: { name: "Team", handle: `team-${crypto.randomUUID().slice(0, 8)}` } }) },
  getStudio: nothing,
  updateStudio: { make: () => ({ body: { bio: "We make films." } }) },
  listMembers: nothing,
  changeRole: { make: async (world) => ({ ...await newMember(world), body: { role: "reviewer" } }) },
  removeMember: { make: newMember, status: 403 },
  listInvites: nothing,
  inviteMember: { make: () => ({ body: { email: "new@example.com", role: "viewer" } }) },
  cancelInvite: { make: (world) => newInvite(world, "gone@example.com") },
  acceptInvite: { make: (world) => newInvite(world, world.email) },
  listKeys: nothing,
  createKey: { make: () => ({ body: { name: "Another", scopes: ["keys:write"] } }) },
  revokeKey: { make: async (world) => ({ params: { id: (await world.key(["runs:read"])).id } }) },

  getWallet: nothing,
  listEntries: nothing,
  listHolds: nothing,

  createProject: { make: () => ({ body: { title: "Early" } }) },
  listProjects: nothing,
  getProject: inProject,
  updateProject: { make: async (world) => ({ params: { id: await project(world) }, body: { title: "Later" } }) },
  deleteProject: inProject,
  restoreProject: inProject,
  getScript: inFilm,
  putScript: { make: async (world) => ({ params: { id: await project(world) }, body: { text: SCRIPT } }) },
  uploadScript: { make: async (world) => ({ params: { id: await project(world) }, query: "filename=a.fountain", body: new TextEncoder().encode(SCRIPT) }) },
  listScriptVersions: inProject,
  saveScriptVersion: { make: async (world) => ({ params: { id: (await written(world)).id }, body: {} }) },
  getScriptVersion: { make: version },
  restoreScriptVersion: { make: version },
  getBreakdown: inFilm,
  listShots: inFilm,
  addShot: {
    make: async (world) => {
      const { id, base, scene } = await written(world);
      return { params: { id }, body: { base, scene, after: null, description: "A cup." } };
    },
  },
  editShot: ofShot(({ base }) => ({ base, fields: { framing: "close" } })),
  removeShot: {
    make: async (world) => {
      const { id, base, shots } = await written(world);
      return { params: { id, shot: shots[0] ?? "" }, query: `base=${base}` };
    },
  },
  moveShot: ofShot(({ base }) => ({ base, after: null })),
  splitShot: ofShot(({ base }) => ({ base })),
  editCharacter: {
    make: async (world) => {
      const { id, base, character } = await written(world);
      return { params: { id, character }, body: { base, fields: { description: "Tired." } } };
    },
  },
  getEditList: inFilm,
  putEditList: {
    make: async (world) => {
      const { id, base } = await written(world);
      return { params: { id }, body: { base, levels: { voice: 0, music: -3, sound: 0 } } };
    },
  },
  restoreFilm: {
    make: async (world) => {
      const { id, base } = await written(world);
      return { params: { id }, body: { base, version: base } };
    },
  },

  listAssets: nothing,
  getAsset: { make: asset },
  createUpload: { make: () => ({ body: newUpload }) },
  listUploads: nothing,
  getUpload: { make: upload },
  completeUpload: { make: upload, status: 409 },
};
