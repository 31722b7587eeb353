import { SampanError } from "@sampan/core";
import type { z } from "zod";

/** Checks a value against a schema; the first fault becomes a `PLAN_INVALID` that names its place. */
export function checked<T extends z.ZodType>(schema: T, value: unknown, doing: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.map(String).join(".") ?? "";
  throw new SampanError(
    "PLAN_INVALID",
    `${doing}: ${path === "" ? "" : `${path}: `}${issue?.message ?? "not valid"}`,
    { details: { path } },
  );
}
