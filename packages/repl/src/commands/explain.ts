import type { VendorErrorEntry } from "@sampan/cloud";
import { type ErrorCodeEntry, errorCodeEntry, errorCodes, SampanError } from "@sampan/core";
import type { CommandCall, CommandFunction } from "../command-call.ts";
import { pairLines } from "../disk/describe-guest.ts";
import { translated } from "../language/speech.ts";
import { closestNames } from "../terminal/closest-names.ts";
import { formatTable } from "../terminal/table.ts";

/** `sampan explain [CODE]`: explains a code of ours or of the vendor, a rule, a fix-up or a problem of a plan. */
export const run: CommandFunction = async (call) => {
  const given = call.args[0]?.trim();
  if (given === undefined) return list(call);
  // Codes are copied from logs, where they may stand with a colon or in quotes.
  const code = given.replace(/^["'`]+|["'`:.,]+$/g, "");
  const own = errorCodeEntry(code.toUpperCase());
  if (own) return explainOwn(call, code.toUpperCase(), own);
  if (/^SMP\w*$/i.test(code)) {
    const { explainProblem } = await import("./explain-problem.ts");
    return explainProblem(call, code);
  }
  const { explainRule } = await import("./explain-rule.ts");
  const told = explainRule(call, code);
  if (told !== undefined) return told;
  const { vendorErrorEntries, vendorErrors } = await import("@sampan/cloud");
  const entries = vendorErrorEntries(code);
  if (entries.length > 0) return explainVendor(call, entries);
  const { fixups, rules } = await import("@sampan/guest");
  const near = closestNames(code, [
    ...Object.keys(errorCodes),
    ...vendorErrors.map((entry) => entry.vendorCode),
    ...rules.map((rule) => rule.id),
    ...fixups.map((fixup) => fixup.id),
  ]);
  throw new SampanError("COMMAND_CODE_UNKNOWN", `explaining ${JSON.stringify(code)}`, {
    ...(near.length === 0
      ? {}
      : { hint: `Did you mean ${near.join(" or ")}? \`sampan explain\` lists Sampan's own codes.` }),
  });
};

/** What the vendor's code means in each service that answers with it. */
function explainVendor(call: CommandCall, entries: readonly VendorErrorEntry[]): 0 {
  const { output } = call;
  if (output.asJson) {
    const told = entries.map((entry) => {
      const { vendorCode, service, httpStatus, meaning, retryable } = entry;
      const sampanCode = entry.code === "refused" ? null : entry.code;
      const cure = cureOf(entry) ?? null;
      return { code: vendorCode, origin: service, httpStatus, meaning, cure, retryable, sampanCode };
    });
    const [first, ...others] = told;
    output.json(others.length === 0 ? { ...first } : { ...first, others });
    return 0;
  }
  for (const [index, entry] of entries.entries()) {
    const cure = cureOf(entry);
    if (index > 0) output.data("");
    output.data(
      pairLines([
        [
          "code",
          `${entry.vendorCode}, answered by ${entry.service.toUpperCase()} with HTTP ${entry.httpStatus}`,
        ],
        ["meaning", entry.meaning],
        ...(cure === undefined ? [] : ([["what to do", cure]] as const)),
        ["again", entry.retryable ? "Sampan tries again by itself" : "trying again unchanged does not help"],
        [
          "Sampan says",
          entry.code === "refused"
            ? "what the call was refused: CLOUD_IMPORT_REFUSED, CLOUD_COPY_REFUSED, CLOUD_SHARE_REFUSED …, else CLOUD_FAILED"
            : entry.code,
        ],
      ]),
    );
  }
  return 0;
}

function cureOf(entry: VendorErrorEntry): string | undefined {
  return entry.hint ?? (entry.code === "refused" ? undefined : errorCodeEntry(entry.code)?.cure);
}

function explainOwn(call: CommandCall, code: string, entry: ErrorCodeEntry): 0 {
  const { output } = call;
  const exitCode = entry.exitCode ?? 1;
  if (output.asJson) {
    output.json({
      code,
      origin: "sampan",
      meaning: entry.meaning,
      cure: entry.cure,
      exitCode,
      bug: entry.bug ?? false,
    });
    return 0;
  }
  output.data(
    pairLines([
      ["code", code],
      ["meaning", entry.meaning],
      ["what to do", entry.cure],
      ["exit code", String(exitCode)],
    ]),
  );
  return 0;
}

function list(call: CommandCall): 0 {
  const { output } = call;
  const entries = Object.entries(errorCodes) as [string, ErrorCodeEntry][];
  if (output.asJson) {
    output.json(entries.map(([code, entry]) => ({ code, ...entry, exitCode: entry.exitCode ?? 1 })));
    return 0;
  }
  const rows = entries.map(([code, entry]) => [code, String(entry.exitCode ?? 1), translated(entry.meaning)]);
  output.data(formatTable(["code", "exit", "meaning"], rows, { borders: false }));
  return 0;
}
