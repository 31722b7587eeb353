import { SampanError } from "@sampan/core";

/** Which plan of a file is meant. */
export type WhichPlan =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "name"; readonly name: string };

/** Reads the value of `--plan`; throws `COMMAND_USAGE`. */
export function readWhich(which: string): WhichPlan {
  if (/^[1-9]\d{0,5}$/.test(which)) return { kind: "number", number: Number(which) };
  if (/^[\p{L}_$][\p{L}\p{N}_$]{0,199}$/u.test(which)) return { kind: "name", name: which };
  throw new SampanError("COMMAND_USAGE", `--plan takes no ${JSON.stringify(which)}`, {
    hint: "Give the plan's number in the file, from 1 on, or the name it is exported by.",
  });
}

/** Marks of the plans that one export gives. */
export function marksOf(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}.${index}`));
}

/** The error for a name that nothing is exported by. */
export function noSuchExport(path: string, name: string, others: readonly string[]): SampanError {
  return new SampanError("PLAN_LOAD_FAILED", `loading ${path}: it exports no plan ${name}`, {
    hint:
      others.length === 0
        ? "Give the plan's number in the file, from 1 on."
        : `Plans that it exports by name: ${others.slice(0, 20).join(", ")}.`,
  });
}
