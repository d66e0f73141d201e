import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { getTableConfig, SQLiteTable, type Index } from "drizzle-orm/sqlite-core";
import { Column, is, SQL } from "drizzle-orm";
import { expect, test } from "vitest";
import { read, sources } from "./sources.ts";

const files = readdirSync(new URL("../../migrations/", import.meta.url)).filter((name) => name.endsWith(".sql")).toSorted();
const tableModules = import.meta.glob<Record<string, unknown>>(["../../worker/domains/**/tables.ts", "../../worker/core/{db,events}.ts"], { eager: true });
const tables = Object.values(tableModules).flatMap((module) => Object.values(module).filter((value): value is SQLiteTable => is(value, SQLiteTable)));

const database = new DatabaseSync(":memory:");
for (const file of files) database.exec(read(`migrations/${file}`));

const rows = <Row>(sql: string, ...values: string[]): Row[] => database.prepare(sql).all(...values) as Row[];

test("migrations are numbered one after the other and only go forward", () => {
  expect(files.map((name) => name.slice(0, 5))).toEqual(files.map((_, index) => `${String(index + 1).padStart(4, "0")}_`));
  const wrong = files.filter((name) => /drop\s+table|__new_|drop\s+column|pragma\s+foreign_keys/i.test(read(`migrations/${name}`)));
  expect(wrong).toEqual([]);
});

test("every table is strict, and some file names it", () => {
  const own = rows<{ name: string; strict: number }>("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'");
  expect(own.filter(({ strict }) => strict !== 1).map(({ name }) => name)).toEqual([]);
  const text = sources(/^(worker|durable-objects)\//).map((source) => source.text).join("\n");
  expect(own.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(text)).map(({ name }) => name)).toEqual([]);
});

interface ColumnRow { name: string; type: string; notnull: number; pk: number }
interface IndexRow { name: string; unique: number; origin: string; partial: number }

/** A table as SQLite has it. */
function migrated(name: string) {
  const columns = rows<ColumnRow>("SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?)", name);
  const indexes = rows<IndexRow>("SELECT name, \"unique\", origin, partial FROM pragma_index_list(?)", name);
  const keyOf = (index: string) => rows<{ name: string; desc: number }>("SELECT name, \"desc\" FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", index);
  return {
    columns: columns.map(({ name: column, type, notnull, pk }) => ({ name: column, type, required: notnull === 1 || pk > 0 })).toSorted(byName),
    primary: columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk).map(({ name: column }) => column),
    uniques: indexes.filter(({ origin }) => origin === "u").map((index) => keyOf(index.name).map(({ name: column }) => column).join()).toSorted(),
    indexes: indexes.filter(({ origin }) => origin === "c").map(({ name: index, unique, partial }) => ({ name: index, unique: unique === 1, partial: partial === 1, on: keyOf(index).map(({ name: column, desc }) => `${column}${desc ? " desc" : ""}`).join() })).toSorted(byName),
  };
}

/** A table as Drizzle has it. */
function declared(table: SQLiteTable) {
  const { columns, indexes, primaryKeys, uniqueConstraints } = getTableConfig(table);
  const primary = primaryKeys[0]?.columns.map(({ name }) => name) ?? columns.filter((column) => column.primary).map(({ name }) => name);
  return {
    columns: columns.map((column) => ({ name: column.name, type: column.getSQLType().toUpperCase(), required: column.notNull || primary.includes(column.name) })).toSorted(byName),
    primary,
    uniques: [...columns.filter(({ isUnique }) => isUnique).map(({ name }) => name), ...uniqueConstraints.map((unique) => unique.columns.map(({ name }) => name).join())].toSorted(),
    indexes: indexes.map(({ config }) => ({ name: config.name, unique: config.unique, partial: config.where !== undefined, on: config.columns.map(keyPart).join() })).toSorted(byName),
  };
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

/** `column`, or `column desc`. */
function keyPart(part: Index["config"]["columns"][number]): string {
  if (is(part, Column)) return part.name;
  const chunks = is(part, SQL) ? part.queryChunks : [];
  const column = chunks.find((chunk) => is(chunk, Column));
  const isDescending = chunks.some((chunk) => /\bdesc\b/i.test(JSON.stringify(Reflect.get(Object(chunk), "value") ?? "")));
  return `${column && is(column, Column) ? column.name : "?"}${isDescending ? " desc" : ""}`;
}

test.each(tables.map((table): [string, SQLiteTable] => [getTableConfig(table).name, table]))("Drizzle's %s is the migration's", (name, table) => {
  const { columns, primary, indexes, uniques } = declared(table);
  const real = migrated(name);
  expect(columns.map(({ required, ...column }) => ({ ...column, required: required || real.primary.includes(column.name) }))).toEqual(real.columns);
  if (primary.length > 0) expect(primary).toEqual(real.primary);
  expect(real.uniques).toEqual(expect.arrayContaining(uniques));
  expect(real.indexes).toEqual(expect.arrayContaining(indexes));
});
