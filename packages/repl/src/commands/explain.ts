import { type ErrorCodeEntry, errorCodeEntry, errorCodes, SampanError } from "@sampan/core";
import type { CommandCall, CommandFunction } from "../command-call.ts";
import { pairLines } from "../disk/describe-guest.ts";
import { formatTable } from "../terminal/table.ts";

/** `sampan explain [CODE]`: explains a code of ours or of the vendor, a rule or a fix-up. */
export const run: CommandFunction = async (call) => {
  const given = call.args[0]?.trim();
  if (given === undefined) return list(call);
  // Codes are copied from logs, where they may stand with a colon or in quotes.
  const code = given.replace(/^["'`]+|["'`:.,]+$/g, "");
  const own = errorCodeEntry(code.toUpperCase());
  if (own) return explainOwn(call, code.toUpperCase(), own);
  const { explainRule } = await import("./explain-rule.ts");
  const told = explainRule(call, code);
  if (told !== undefined) return told;
  const { vendorErrorEntry } = await import("@sampan/cloud");
  const vendor = vendorErrorEntry(code);
  if (!vendor) {
    const near = nearest(code.toUpperCase());
    throw new SampanError("COMMAND_CODE_UNKNOWN", `explaining ${JSON.stringify(code)}`, {
      ...(near === undefined
        ? {}
        : { hint: `Did you mean ${near}? \`sampan explain\` lists Sampan's own codes.` }),
    });
  }
  const { output } = call;
  const mapped =
    vendor.code === "refused" ? "CLOUD_IMPORT_REFUSED, CLOUD_COPY_REFUSED or CLOUD_FAILED" : vendor.code;
  const cure = vendor.hint ?? (vendor.code === "refused" ? undefined : errorCodeEntry(vendor.code)?.cure);
  if (output.asJson) {
    const { vendorCode, service, httpStatus, meaning, retryable } = vendor;
    const sampanCode = vendor.code === "refused" ? null : vendor.code;
    output.json({
      code: vendorCode,
      origin: service,
      httpStatus,
      meaning,
      cure: cure ?? null,
      retryable,
      sampanCode,
    });
    return 0;
  }
  output.data(
    pairLines([
      [
        "code",
        `${vendor.vendorCode}, answered by ${vendor.service.toUpperCase()} with HTTP ${vendor.httpStatus}`,
      ],
      ["meaning", vendor.meaning],
      ...(cure === undefined ? [] : ([["what to do", cure]] as const)),
      ["again", vendor.retryable ? "Sampan tries again by itself" : "trying again unchanged does not help"],
      ["Sampan says", mapped],
    ]),
  );
  return 0;
};

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
  const rows = entries.map(([code, entry]) => [code, String(entry.exitCode ?? 1), entry.meaning]);
  output.data(formatTable(["code", "exit", "meaning"], rows, { borders: false }));
  return 0;
}

/** The code of ours that shares the longest beginning, if that is more than its area. */
function nearest(code: string): string | undefined {
  const shared = (candidate: string): number => {
    let length = 0;
    while (length < code.length && candidate[length] === code[length]) length++;
    return length;
  };
  const best = Object.keys(errorCodes).sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) > best.indexOf("_") + 1 ? best : undefined;
}
