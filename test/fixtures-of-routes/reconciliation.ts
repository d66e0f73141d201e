import { env } from "cloudflare:workers";
import type { Call, Fixture } from "../fixtures-of-routes.ts";
import type { World } from "../world.ts";

const nothing: Fixture = { make: () => ({}) };
const ofStudio: Fixture = { make: (world) => ({ params: { id: world.studio } }) };

const newId = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;

async function finding(world: World, state: "open" | "resolved"): Promise<Call> {
  const id = newId("finding");
  await env.DB.prepare("INSERT INTO findings (id, studio, source, severity, subject, detail, data, state, at) VALUES (?, ?, 'test', 'warning', ?, 'planted', '{}', ?, ?)").bind(id, world.studio, world.studio, state, Date.now()).run();
  return { params: { id } };
}
const onFinding = (state: "open" | "resolved"): Fixture => ({ make: async (world) => ({ ...await finding(world, state), body: { note: "Looked at." } }) });

async function administrator(): Promise<Call & { params: { id: string } }> {
  const id = newId("user");
  await env.DB.prepare("INSERT INTO users (id, name, email, admin, created_at, updated_at) VALUES (?1, 'Second', ?1 || '@example.com', 1, 1, 1)").bind(id).run();
  return { params: { id }, body: { reason: "left us" } };
}

/** A proposal of an administrator who is somebody else. */
async function proposal(world: World): Promise<Call> {
  const id = newId("prop");
  const { params } = await administrator();
  await env.DB.prepare("INSERT INTO proposals (id, kind, studio, bucket, credits, reason, state, proposed_by, proposed_at, expires_at) VALUES (?, 'grant', ?, 'promo', 1, 'planted', 'proposed', ?, ?, ?)")
    .bind(id, world.studio, params.id, Date.now(), Date.now() + 60_000).run();
  return { params: { id } };
}

const reconciliation = async (world: World): Promise<Call> => ({ params: { id: (await (await world.post("/api/v1/reconciliation/runs")).json<{ id: string }>()).id } });

const money = (world: World) => ({ studio: world.studio, credits: 1, reason: "a present" });

export const reconciliationFixtures: Record<string, Fixture> = {
  listAdministrators: nothing,
  grantAdministrator: { make: (world) => ({ body: { email: world.email.replace("@", `+${crypto.randomUUID()}@`), reason: "joins us" } }), status: 404 },
  revokeAdministrator: { make: administrator },
  searchUsers: nothing,
  searchStudios: nothing,

  startReconciliation: nothing,
  runReconciliation: nothing,
  listReconciliations: nothing,
  getReconciliation: { make: reconciliation },
  startPlatformReconciliation: { make: (world) => ({ body: { studio: world.studio } }) },
  listAllReconciliations: nothing,
  getAnyReconciliation: { make: reconciliation },
  getProjectReconciliation: { make: (world) => ({ params: { id: world.project } }) },

  listFindings: nothing,
  getFinding: { make: (world) => finding(world, "open") },
  noteFinding: onFinding("open"),
  resolveFinding: onFinding("open"),
  reopenFinding: onFinding("resolved"),

  createProposal: { make: (world) => ({ body: { kind: "claw_back", ...money(world) } }) },
  proposeGrant: { make: (world) => ({ body: { bucket: "promo", ...money(world) } }) },
  listProposals: nothing,
  getProposal: { make: proposal },
  approveProposal: { make: proposal },
  rejectProposal: { make: proposal },

  importStatement: { make: () => ({ body: { provider: "house", period: "2027-02", csv: `id,model,status,cost_micros,created_at\n${newId("job")}-1,dailies/voice,succeeded,0,2027-02-01T00:00:00Z\n` } }) },
  listStatements: nothing,

  getStudioAccount: ofStudio,
  listStudioEntries: ofStudio,
  listStudioHolds: ofStudio,
  listStudioLots: ofStudio,
  listAdminWallets: nothing,
};
