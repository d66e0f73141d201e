// The baseline of B1: bare Hono doing the same database work, with none of what we put around it.
import { Hono } from "hono";

interface Statement {
  all(): Promise<{ results: unknown[] }>;
}
const app = new Hono<{ Bindings: { DB: { prepare(text: string): Statement } } }>();
const FEED = "select * from videos where visibility = 'public' and state = 'live' order by published_at desc, id desc limit 25";

app.get("/hello", (c) => c.json({ hello: "world" }));
app.get("/feed", async (c) => c.json((await c.env.DB.prepare(FEED).all()).results));
app.get("/session", async (c) => c.json((await c.env.DB.prepare("select 1 as one").all()).results));

export default app;
