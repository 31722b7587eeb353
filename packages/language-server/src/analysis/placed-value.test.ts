import { expect, it } from "vitest";
import { entryAmong } from "./placed-value.ts";

it("the entries of a large object are looked through once, however many are asked for", () => {
  let looks = 0;
  const entries = Array.from({ length: 1000 }, (_, at) => ({
    get key() {
      looks++;
      return `k${at}`;
    },
    at,
  }));
  for (let at = 0; at < 1000; at++) expect(entryAmong(entries, `k${at}`)?.at).toBe(at);
  expect(entryAmong(entries, "__proto__")).toBeUndefined();
  expect(looks).toBe(1000);
});
