import { type ErrorCode, SampanError } from "@sampan/core";
import type { InventoryRemark } from "./inventory.ts";
import type { Place } from "./raw-inventory.ts";

const mostTold = 20;
const mostKept = 1000;

/** A place for people, as editors and terminals make a link of it. */
export function placeText(name: string, { line, column }: Pick<Place, "line" | "column">): string {
  return [name, line, line === null ? null : column].filter((part) => part !== null).join(":");
}

/** A remark in one line. */
export function remarkText({ where, field, message }: InventoryRemark): string {
  return field === "" ? `${where} ${message}` : `${where} ${field}: ${message}`;
}

/** All that is wrong at once, so that a table is mended in one go: the first of it in the message, all in `details.problems`. */
export function problemsError(
  code: ErrorCode,
  doing: string,
  problems: readonly InventoryRemark[],
  hint?: string,
): SampanError {
  const told = problems.slice(0, mostTold).map(remarkText).join("; ");
  const rest = problems.length - mostTold;
  const count = problems.length === 1 ? "" : `${problems.length} problems: `;
  return new SampanError(code, `${doing}: ${count}${told}${rest > 0 ? `; and ${rest} more` : ""}`, {
    ...(hint === undefined ? {} : { hint }),
    details: {
      problems: problems.slice(0, mostKept).map(({ where, field, message }) => ({ where, field, message })),
      count: problems.length,
    },
  });
}
