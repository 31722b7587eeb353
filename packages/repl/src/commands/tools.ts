import type { ToolListing } from "@sampan/host";
import type { CommandFunction } from "../command-call.ts";
import { translated } from "../language/speech.ts";
import { formatTable } from "../terminal/table.ts";

/** `sampan tools`: the external tools there are adapters for, which of them this machine has, and what Sampan does instead. */
export const run: CommandFunction = async ({ output }) => {
  const { listTools, openLocalShell, shellPlace } = await import("@sampan/host");
  const shell = openLocalShell();
  const listed = await listTools(shellPlace(shell)).finally(() => shell.close());
  if (output.asJson) {
    output.json(listed.map((tool) => ({ ...tool })));
    return 0;
  }
  const rows = listed.map((tool) => [tool.name, presence(tool), translated(tool.usedFor)]);
  output.data(formatTable(["tool", "here", "would be used for"], rows, { borders: false }));
  output.data("");
  for (const { name, instead, page } of listed) {
    output.data(`${name}: ${translated(instead).replaceAll("`", "")}`);
    output.data(`  ${page}`);
  }
  output.data("");
  output.data(
    translated("None is needed, and none is ever downloaded: each is a choice beside Sampan's own engine."),
  );
  return 0;
};

function presence({ path, version, systems }: ToolListing): string {
  if (path !== null) return version === null ? path : `${version} (${path})`;
  return translated(systems.includes("linux") ? "no" : "no: it runs on Windows");
}
