import { env } from "cloudflare:workers";
import type { FilmWorld, RunWire } from "./film-world.ts";
import type { World } from "./world.ts";
import { reconciliationFixtures } from "./fixtures-of-routes/reconciliation.ts";
import { billingFixtures } from "./fixtures-of-routes/billing.ts";
import { creditsFixtures } from "./fixtures-of-routes/credits.ts";
import { routingFixtures } from "./fixtures-of-routes/routing.ts";
import { analyticsFixtures } from "./fixtures-of-routes/analytics.ts";
import { developersFixtures } from "./fixtures-of-routes/developers.ts";

/** How a route is called so that it works: path parameters, query and body. */
export interface Call {
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
}

export interface Fixture {
  /** Makes what the route needs in the studio of this world. Called anew for each caller who is expected to get through. */
  make(world: FilmWorld): Promise<Call> | Call;
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

async function project(world: World): Promise<string> {
  return (await answerOf<{ id: string }>(await world.post("/api/v1/projects", { title: "Late" }))).id;
}

interface Written {
  id: string;
  base: number;
  scene: string;
  shots: string[];
  character: string;
}

/** What is in the film of a project. */
async function filmIn(world: World, id: string): Promise<Written> {
  const { filmVersion: base, data } = await answerOf<{ filmVersion: number; data: { id: string; scene: string }[] }>(await world.get(`/api/v1/projects/${id}/shots`));
  const { characters } = await answerOf<{ characters: { id: string }[] }>(await world.get(`/api/v1/projects/${id}/breakdown`));
  return { id, base, scene: data[0]?.scene ?? "", shots: data.map((shot) => shot.id), character: characters[0]?.id ?? "" };
}

/** A new project with a script, for what cannot be done twice. */
async function written(world: World): Promise<Written> {
  const id = await project(world);
  await answerOf(await world.put(`/api/v1/projects/${id}/script`, { text: SCRIPT }));
  return filmIn(world, id);
}

const inNewProject: Fixture = { make: async (world) => ({ params: { id: await project(world) } }) };
const inProject: Fixture = { make: (world) => ({ params: { id: world.project } }) };
const nothing: Fixture = { make: () => ({}) };

/** An edit of the world's own film, as it is when it is sent. */
const ofFilm = (call: (film: Written) => Call): Fixture => ({
  make: async (world) => {
    const film = await filmIn(world, world.project);
    const { params, ...rest } = call(film);
    return { params: { id: film.id, ...params }, ...rest };
  },
});

async function version({ project: id, ...world }: FilmWorld): Promise<Call> {
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

interface Made {
  id: string;
  run: RunWire;
  take: string;
  node: string;
  asset: string;
  shot: string;
}

const animatics = new Map<string, Promise<Made>>();

/** An animatic of the world's project, made once by the real pipeline against the emulated provider. */
function animatic(world: FilmWorld): Promise<Made> {
  const made = animatics.get(world.studio) ?? (async () => {
    const run = await world.animatic();
    const job = run.jobs.find(({ kind }) => kind === "animatic");
    if (!job?.take) throw new Error(`there is no animatic: ${JSON.stringify(run).slice(0, 500)}`);
    const { assets } = await answerOf<{ assets: { asset: string; contentType: string }[] }>(await world.get(`/api/v1/takes/${job.take}`));
    const { data } = await answerOf<{ data: { id: string }[] }>(await world.get(`/api/v1/projects/${world.project}/shots`));
    return { id: world.project, run, take: job.take, node: job.node, asset: assets.find(({ contentType }) => contentType === "video/mp4")?.asset ?? "", shot: data[0]?.id ?? "" };
  })();
  animatics.set(world.studio, made);
  return made;
}

const baseOf = async (world: World, id: string): Promise<number> => (await answerOf<{ filmVersion: number }>(await world.get(`/api/v1/projects/${id}`))).filmVersion;

const ofRun: Fixture = { make: async (world) => ({ params: { id: (await animatic(world)).run.id } }) };
const startingRun: Fixture = {
  make: async (world) => {
    await untilIdle(world);
    return { body: { quote: await quote(world) } };
  },
  foreign: 404,
};
const ofJob: Fixture = { make: async (world) => ({ params: { id: (await animatic(world)).run.jobs[0]?.id ?? "" } }) };
const ofTake: Fixture = { make: async (world) => ({ params: { id: (await animatic(world)).take } }) };

const ofNode = (body: (world: FilmWorld, base: number) => Promise<Call> | Call): Fixture => ({
  make: async (world) => {
    const { id, shot } = await animatic(world);
    return { params: { id, node: `frame:${shot}` }, ...await body(world, await baseOf(world, id)) };
  },
});

async function quote(world: World): Promise<string> {
  return (await answerOf<{ id: string }>(await world.post("/api/v1/quotes", { project: (await written(world)).id, target: "animatic" }))).id;
}

/** Only so many free runs may be open at once. */
async function untilIdle({ studio }: World): Promise<void> {
  const open = () => env.DB.prepare("SELECT 1 FROM open_runs WHERE studio = ?").bind(studio).first();
  for (let tries = 0; await open(); tries += 1) {
    if (tries > 500) throw new Error("a run does not end");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function video(world: FilmWorld): Promise<Call> {
  const { id: project, asset: film } = await animatic(world);
  const { id } = await answerOf<{ id: string }>(await world.post("/api/v1/videos", { project, asset: film, title: "Late", visibility: "public" }));
  return { params: { id } };
}

/** What is there for everybody shows itself to strangers too. */
const published: Fixture = { make: video };
const profile: Fixture = { make: async (world) => ({ params: { handle: (await answerOf<{ handle: string }>(await world.get("/api/v1/studio"))).handle } }) };

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
  ...creditsFixtures,

  createProject: { make: () => ({ body: { title: "Early" } }) },
  listProjects: nothing,
  getProject: inProject,
  updateProject: { make: (world) => ({ params: { id: world.project }, body: { title: "Later" } }) },
  deleteProject: inNewProject,
  restoreProject: inNewProject,
  getScript: inProject,
  putScript: { make: async (world) => ({ params: { id: await project(world) }, body: { text: SCRIPT } }) },
  uploadScript: { make: async (world) => ({ params: { id: await project(world) }, query: "filename=a.fountain", body: new TextEncoder().encode(SCRIPT) }) },
  listScriptVersions: inProject,
  saveScriptVersion: { make: (world) => ({ params: { id: world.project }, body: {} }) },
  getScriptVersion: { make: version },
  restoreScriptVersion: { make: version },
  getBreakdown: inProject,
  getScriptReading: inProject,
  listShots: inProject,
  addShot: ofFilm(({ base, scene }) => ({ body: { base, scene, after: null, description: "A cup." } })),
  editShot: ofFilm(({ base, shots }) => ({ params: { shot: shots[0] ?? "" }, body: { base, fields: { framing: "close" } } })),
  removeShot: {
    make: async (world) => {
      const { id, base, shots } = await written(world);
      return { params: { id, shot: shots[0] ?? "" }, query: `base=${base}` };
    },
  },
  moveShot: ofFilm(({ base, shots }) => ({ params: { shot: shots[0] ?? "" }, body: { base, after: null } })),
  splitShot: {
    make: async (world) => {
      const { id, base, shots } = await written(world);
      return { params: { id, shot: shots[0] ?? "" }, body: { base } };
    },
  },
  editCharacter: ofFilm(({ base, character }) => ({ params: { character }, body: { base, fields: { description: "Tired." } } })),
  getEditList: inProject,
  putEditList: ofFilm(({ base }) => ({ body: { base, levels: { voice: 0, music: -3, sound: 0 } } })),
  restoreFilm: ofFilm(({ base }) => ({ body: { base, version: base } })),

  listAssets: nothing,
  getAsset: { make: asset },
  createUpload: { make: () => ({ body: newUpload }) },
  listUploads: nothing,
  getUpload: { make: upload },
  completeUpload: { make: upload, status: 409 },

  listFeed: nothing,
  publishVideo: {
    make: async (world) => {
      const { id: project, asset: film } = await animatic(world);
      return { body: { project, asset: film, title: "Late" } };
    },
    foreign: 404,
  },
  listVideos: nothing,
  getVideo: published,
  getVideoDetails: published,
  updateVideo: { make: async (world) => ({ ...await video(world), body: { title: "Later" } }) },
  takeDownVideo: published,
  getProfile: profile,
  listProfileVideos: profile,

  createQuote: { make: async (world) => ({ body: { project: (await written(world)).id, target: "animatic" } }), foreign: 404 },
  getQuote: { make: async (world) => ({ params: { id: await quote(world) } }) },
  createRun: startingRun,
  enqueueJobAlias: startingRun,
  jobStatusAlias: ofJob,
  retryJob: { ...ofJob, status: 409 },
  rerouteJob: { make: async (world) => ({ ...(await ofJob.make(world)), body: { model: "nobody/none" } }), status: 409 },
  getNotices: nothing,
  getStudioQueue: nothing,
  listRuns: nothing,
  getRun: ofRun,
  getReceipt: ofRun,
  cancelRun: { ...ofRun, status: 409 },
  retryRun: { ...ofRun, status: 409 },
  listJobs: nothing,
  getJob: ofJob,
  cancelJob: { ...ofJob, status: 409 },
  getRouting: ofJob,
  replaceModel: ofFilm(({ base }) => ({ body: { base, from: "runway/gen4-turbo", to: "runway/gen4.5" } })),
  wishForFilm: ofFilm(({ base }) => ({ body: { base, wishes: { clip: "best" } } })),
  wishForNode: ofNode((_, base) => ({ body: { base, wish: "fastest" } })),
  ...routingFixtures,
  getGraph: inProject,
  whatIf: ofFilm(({ shots }) => ({ body: { shot: shots[0], fields: { framing: "wide" } } })),
  listTakes: ofNode(() => ({})),
  listTaskTakes: nothing,
  retakeNode: ofNode((_, base) => ({ body: { base } })),
  useUpload: ofNode(async (world, base) => ({ body: { base, asset: (await asset(world)).params?.["id"] } })),
  dropUpload: ofNode((_, base) => ({ query: `base=${base}` })),
  getTake: ofTake,
  chooseTake: { make: async (world) => ({ params: { id: (await animatic(world)).take }, body: { base: await baseOf(world, world.project) } }) },
  getManifest: ofTake,
  compareTakes: { make: async (world) => ({ params: { id: (await animatic(world)).take }, query: `with=${(await animatic(world)).take}` }) },
  getRunRecord: ofRun,
  listProviders: nothing,
  listFailures: nothing,
  getJobRecord: ofJob,
  getQueue: nothing,
  listTools: nothing,
  listModels: nothing,
  getPrices: nothing,
  listLiveEvents: nothing,
  openLive: { ...nothing, status: 400 },
  ...analyticsFixtures,
  ...billingFixtures,
  ...developersFixtures,
  ...reconciliationFixtures,
  listPlaybackOrigins: nothing,
  receiveStreamEvent: { make: () => ({ body: { forged: true } }), status: 400 },
  receiveWebhook: { make: () => ({ params: { source: "house" }, body: { forged: true } }), status: 400 },
};
