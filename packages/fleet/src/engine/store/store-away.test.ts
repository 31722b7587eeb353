import { SampanError } from "@sampan/core";
import { expect, it } from "vitest";
import { isStoreAway } from "./store-away.ts";

const coded = (code: string) => Object.assign(new Error("told so"), { code });

it.each([
  coded("ECONNREFUSED"),
  coded("57P01"),
  coded("08006"),
  coded("53300"),
  new Error("Connection terminated unexpectedly"),
  new Error("timeout exceeded when trying to connect"),
])("takes %s for a store that is away", (error) => {
  expect(isStoreAway(error)).toBe(true);
});

it.each([
  coded("42P01"),
  coded("EACCES"),
  new TypeError("x is not a function"),
  new SampanError("RUN_NOT_FOUND", "looking for run r1"),
  "ECONNREFUSED",
])("takes %s for what it is", (error) => {
  expect(isStoreAway(error)).toBe(false);
});
