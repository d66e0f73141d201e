export { house } from "./house.ts";
