// Stands in for parts of zod that the worker never calls but cannot shake off, since its namespace is handed around as a value (stand-ins.json): fifty message locales (problems are ours, in English), the code generator (workerd allows no generated code) and the reader
// of JSON schemas.
function absent(): never {
  throw new Error("this part of zod is not in the worker's bundle");
}

export class ZodCompileAsyncError extends Error {}
export class ZodCompileUnsupportedError extends Error {}
export const INVALID: unique symbol = Symbol("invalid");
export const compile = absent;
export const withParser = absent;
export const fromJSONSchema = absent;
