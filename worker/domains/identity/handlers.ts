import type { Subscription } from "#core/events.ts";
import { announceAdministrator } from "./admins/service.ts";
import { administratorAnnounced } from "./contract.ts";

export const identitySubscriptions: readonly Subscription[] = [
  { event: administratorAnnounced.type, name: "identity.announce-administrator", handle: announceAdministrator },
];
