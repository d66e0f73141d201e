import type { Subscription } from "#core/events.ts";
import { findingsAlarmed } from "./contract.ts";
import { sendAlarm } from "./runs/alarms.ts";

/** Letters about critical findings: an event for each administrator. */
export const reconciliationSubscriptions: readonly Subscription[] = [
  { event: findingsAlarmed.type, name: "reconciliation.tell-administrator", handle: sendAlarm },
];
