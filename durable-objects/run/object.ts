import { DurableObject } from "cloudflare:workers";

export class Run extends DurableObject<Env> {}
