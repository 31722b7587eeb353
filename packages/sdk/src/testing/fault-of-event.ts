import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { runEventSchema } from "../run/event-schema.ts";

let published: z.ZodType | undefined;

/**
 * Says what is wrong with an event: `undefined` when the published schema takes it, `schema/run-event.schema.json`, and every
 * field of it stands in there.
 */
export function faultOfEvent(event: unknown): string | undefined {
  published ??= z.fromJSONSchema(
    JSON.parse(readFileSync(new URL("../../schema/run-event.schema.json", import.meta.url), "utf8")),
  );
  const read = published.safeParse(event);
  if (!read.success) return z.prettifyError(read.error);
  // A field that is missing in the schema is left out by it.
  const known = runEventSchema.safeParse(event);
  if (!known.success) return z.prettifyError(known.error);
  return isDeepStrictEqual(known.data, event) ? undefined : "it has a field that the schema does not name";
}
