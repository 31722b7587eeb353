import { SampanError } from "@sampan/core";
import { connectCloud } from "@sampan/sdk";
import { type ListedKind, listAccount, listedKinds } from "../account/list-account.ts";
import { argument, type CommandCall, type CommandFunction, optionList, optionText } from "../command-call.ts";
import { translated } from "../language/speech.ts";
import { surroundingsOf } from "../run/call-surroundings.ts";
import { catchInterrupts } from "../run/interrupts.ts";
import { isItem, listViews, viewHeads } from "../shell/views/list-views.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatTable, tableStyleOf } from "../terminal/table.ts";

/** `sampan list KIND`: what an account has, region by region; exit code 3 when some regions could not be looked into. */
export const run: CommandFunction = async (call) => {
  const { options, env, output } = call;
  const { kind, bucket } = wantedOf(call);
  const { home, cloud: choice } = surroundingsOf(call);
  const stop = new AbortController();
  const release = catchInterrupts((reason) => stop.abort(reason));
  try {
    const cloud = await connectCloud(choice, home, { env });
    try {
      const found = await listAccount(cloud, {
        kind,
        regions: optionList(options, "region"),
        ...(bucket === undefined ? {} : { bucket, prefix: optionText(options, "prefix") ?? "" }),
        signal: stop.signal,
      });
      if (output.asJson) output.json({ cloud: cloud.identity, ...found });
      else {
        const table = tableOf(call, found.rows);
        if (table !== "") output.data(table);
        if (found.rows.length === 0) output.talk("there is nothing of that kind");
        for (const { region, code, message } of found.missed) {
          output.talk(
            `warning: ${region} could not be looked into: ${code}: ${oneLine(translated(message))}`,
          );
        }
      }
      return found.missed.length > 0 ? 3 : 0;
    } finally {
      await cloud.close();
    }
  } finally {
    release();
  }
};

function wantedOf(call: CommandCall): { readonly kind: ListedKind; readonly bucket?: string } {
  const word = argument(call, 0);
  const kind = listedKinds.find((known) => known === word);
  if (kind === undefined) {
    throw new SampanError("COMMAND_USAGE", `\`sampan list\` knows no ${oneLine(word)}`, {
      hint: `It lists ${listedKinds.join(", ")}.`,
    });
  }
  const bucket = call.args[1];
  const hint = "Write `sampan list objects BUCKET`.";
  if (kind !== "objects" && optionText(call.options, "prefix") !== undefined) {
    throw new SampanError("COMMAND_USAGE", `\`sampan list ${kind}\` takes no --prefix`, { hint });
  }
  if (kind === "regions" && optionList(call.options, "region").length > 0) {
    throw new SampanError("COMMAND_USAGE", "`sampan list regions` takes no --region: it lists them all", {
      hint: "Leave it out.",
    });
  }
  if (kind === "objects" && optionList(call.options, "region").length > 1) {
    throw new SampanError("COMMAND_USAGE", "`sampan list objects` looks into one region", { hint });
  }
  if ((kind === "objects") !== (bucket !== undefined)) {
    throw new SampanError(
      "COMMAND_USAGE",
      kind === "objects"
        ? "`sampan list objects` was given no bucket"
        : `\`sampan list ${kind}\` takes no bucket`,
      { hint },
    );
  }
  return bucket === undefined ? { kind } : { kind, bucket };
}

/** The rows as the shell shows them; empty for none. */
function tableOf({ output }: CommandCall, rows: readonly object[]): string {
  const items = rows.filter(isItem);
  const [first] = items;
  const view = first && listViews.find(({ fits }) => fits(first));
  return view === undefined
    ? ""
    : formatTable(viewHeads(view.head), items.map(view.row), tableStyleOf(output));
}
