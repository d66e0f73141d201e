// Stands in for the AI SDK (stand-ins.json): what is imported when it is needed comes whole, unless somebody says what of it is wanted.
export { APICallError, generateId, generateText, NoObjectGeneratedError, Output } from "../../../node_modules/ai/dist/index.js";
