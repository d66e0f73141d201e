/** Who may do what to which ceiling. */
import type { Actor, Role } from "#core/context.ts";
import { isId, type IdKind } from "#core/id.ts";
import { type Ceiling, type CeilingName, ceilingPeriods, type CeilingSubject, ceilingSubjects, EACH } from "#objects/wallet/commands.ts";
import type { ceilingActions } from "./contract.ts";

type Action = (typeof ceilingActions)[number];

const kinds: Record<Exclude<CeilingSubject, "studio">, IdKind> = { run: "run", project: "project", apiKey: "key", member: "user" };

/** Whether an id can be one of a subject of this kind. */
export const isSubjectId = (subject: CeilingSubject, id: string): boolean => subject === "studio" || id === EACH || isId(kinds[subject], id);

/** A ceiling's name from the parts of an address, or null where there can be none of that name. */
export function nameOf({ subject, id, period }: { subject: string; id: string; period: string }): CeilingName | null {
  const known = ceilingSubjects.find((each) => each === subject);
  const time = ceilingPeriods.find((each) => each === period);
  return known && time && isSubjectId(known, id) ? { subject: known, id, period: time } : null;
}

/**
 * Whether a ceiling binds the caller, who may then lower but not raise or remove it. Every ceiling binds a key, also for the member who
 * made the key; one of a member binds that member, unless it is an owner.
 */
export function binds({ subject, id }: Pick<Ceiling, "subject" | "id">, { actor, role }: { actor: Actor; role: Role }): boolean {
  if (actor.kind !== "user") return true;
  return subject === "member" && role !== "owner" && (id === EACH || id === actor.user);
}

/** What the caller may do to a ceiling. */
export function actionsOn(ceiling: Pick<Ceiling, "subject" | "id">, caller: { actor: Actor; role: Role }): Action[] {
  if (caller.role !== "owner" && caller.role !== "admin") return [];
  return binds(ceiling, caller) ? ["lower"] : ["lower", "raise", "remove"];
}
