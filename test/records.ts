/** A run's record, gone through again: it must give the events that it has, and the captures that the ledger has. */
import { expect } from "vitest";
import { replay, type Recorded } from "#objects/run/replay.ts";
import type { World } from "./world.ts";

export interface RecordWire extends Recorded { entries: { seq: number; body: string }[]; hold: string }

export const recordOf = async (world: Pick<World, "get">, run: string): Promise<RecordWire> => (await world.get(`/api/v1/runs/${run}/record`)).json<RecordWire>();

/** Captures that the ledger has, item by item: the credits of one may come from several buckets. */
export const captured = ({ entries }: Pick<RecordWire, "entries">) => entries.map(({ body }) => JSON.parse(body) as { kind: string; item: string; postings: { account: string; credits: number }[] })
  .filter(({ kind }) => kind === "capture").map(({ item, postings }) => [item, postings.reduce((sum, { account, credits }) => sum + (account === "spent" ? credits : 0), 0)]);

/** The same events, and each capture of the ledger asked for once. */
export function expectSame(record: RecordWire): void {
  const { differences, commands } = replay(record);
  expect(differences).toEqual([]);
  expect(commands.flatMap((command) => (command.kind === "capture" ? [[command.item, command.credits]] : [])).toSorted()).toEqual(captured(record).toSorted());
}
