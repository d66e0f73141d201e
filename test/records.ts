/** A run's record, gone through again: it must give the events that it has, and the ledger's entries of its hold. */
import { expect } from "vitest";
import { ledgerDifferences, type Written } from "#domains/generation/runs/replayed-ledger.ts";
import { replay, type Recorded } from "#objects/run/replay.ts";
import type { World } from "./world.ts";

export interface RecordWire extends Recorded { entries: Written; hold: string }

export const recordOf = async (world: Pick<World, "get">, run: string): Promise<RecordWire> => (await world.get(`/api/v1/runs/${run}/record`)).json<RecordWire>();

/** The same events; and hold, captures and release as the ledger has them, entry by entry. */
export function expectSame(record: RecordWire): void {
  const { differences, commands } = replay(record);
  expect(differences).toEqual([]);
  expect(ledgerDifferences(record, commands)).toEqual([]);
}
