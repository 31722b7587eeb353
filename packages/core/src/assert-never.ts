import { SampanError } from "./errors.ts";

/** Ends a switch over a union: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new SampanError("CORE_INTERNAL", `unexpected value ${JSON.stringify(value)}`);
}
