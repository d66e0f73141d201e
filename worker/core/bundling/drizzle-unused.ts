// Stands in for the pieces of drizzle's Postgres dialect that its SQLite one asks about (stand-ins.json): nothing here is of Postgres.
import { entityKind } from "drizzle-orm";

function absent(): void { /* nothing is made by it */ }

export const PrimaryKeyBuilder = Object.assign(absent, { [entityKind]: "PgPrimaryKeyBuilder" });
export const isPgEnum = () => false;
