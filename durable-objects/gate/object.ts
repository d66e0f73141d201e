import { DurableObject } from "cloudflare:workers";

export class Gate extends DurableObject<Env> {}
