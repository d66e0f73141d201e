import type Stripe from "stripe";
import type { Account } from "./account.ts";
import { days } from "./calendar.ts";
import { page } from "./lists.ts";
import { pass } from "./passing-time.ts";
import type { Route } from "./routes.ts";
import { type Input, invalid } from "./wire.ts";

const PATH = "/v1/test_helpers/test_clocks";

/** Lets time pass for what is on a clock. Stripe allows two intervals at once; here it may be any time. */
function advance(account: Account, input: Input, id: string): object {
  const clock = account.get("test_helpers.test_clock", id);
  const to = input.integer("frozen_time") ?? Number(input.required("frozen_time"));
  if (to <= clock.frozen_time) throw invalid("The frozen_time has to be after the clock's present time.", "frozen_time");
  account.emit("test_helpers.test_clock.advancing", account.change(clock, { status: "advancing", status_details: { advancing: { target_frozen_time: to } } }));
  const answer = structuredClone(clock);
  pass(account, id, to);
  account.emit("test_helpers.test_clock.ready", account.change(clock, { frozen_time: to, status: "ready", status_details: {} }));
  // Stripe works in the background: this answer says that it has begun, the next one that it is done.
  return answer;
}

export const testClockRoutes: Route[] = [
  {
    method: "POST", path: PATH, accepts: ["frozen_time", "name"], answer: (account, input): Stripe.TestHelpers.TestClock => {
      const created = account.seconds();
      const clock = account.add("test_helpers.test_clock", { id: account.newId("clock_"), object: "test_helpers.test_clock", created, deletes_after: created + days(30), frozen_time: input.integer("frozen_time") ?? Number(input.required("frozen_time")), livemode: false, name: input.text("name"), status: "ready", status_details: {} });
      account.emit("test_helpers.test_clock.created", clock);
      return clock;
    },
  },
  { method: "GET", path: PATH, answer: (account, input) => page(account.all("test_helpers.test_clock"), input, PATH) },
  { method: "GET", path: `${PATH}/:id`, answer: (account, _, id) => account.get("test_helpers.test_clock", id) },
  { method: "POST", path: `${PATH}/:id/advance`, accepts: ["frozen_time"], answer: advance },
  {
    method: "DELETE", path: `${PATH}/:id`, answer: (account, _, id) => {
      account.get("test_helpers.test_clock", id);
      for (const customer of account.all("customer")) if (customer.test_clock === id) account.remove("customer", customer.id);
      account.remove("test_helpers.test_clock", id);
      return { id, object: "test_helpers.test_clock", deleted: true };
    },
  },
];
