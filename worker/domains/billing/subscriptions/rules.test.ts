import { expect, test } from "vitest";
import { placeOf } from "./rules.ts";

test("a dead subscription gives way to one that begins; a living one to none, and news of what is past changes nothing", () => {
  const own = (subscription: string | null, status: "free" | "active" | "past_due" | "canceled" | "incomplete" | "incomplete_expired") => ({ subscription, status });
  const seen = (status: "active" | "canceled" | "incomplete" | "incomplete_expired", id = "sub_2") => ({ id, status });
  expect(placeOf(own(null, "free"), seen("incomplete"))).toBe("own");
  expect(placeOf(own("sub_2", "active"), seen("canceled"))).toBe("own");
  for (const dead of ["canceled", "incomplete_expired", "incomplete"] as const) {
    expect(placeOf(own("sub_1", dead), seen("active"))).toBe("own");
    expect(placeOf(own("sub_1", dead), seen("canceled"))).toBe("past");
  }
  for (const living of ["active", "past_due"] as const) {
    expect(placeOf(own("sub_1", living), seen("active"))).toBe("second");
    expect(placeOf(own("sub_1", living), seen("incomplete_expired"))).toBe("past");
  }
});
