export { provenanceOf, type Part, type Provenance } from "./takes/provenance.ts";
