import { pairOf, textLines } from "../facts/lines.ts";
import type { WritableGuestFiles } from "../files/guest-files.ts";
import { appended, editLines, readLatin1, writeLatin1 } from "./edit-lines.ts";
import type { Fixup } from "./fixup.ts";

const keys = ["net.ipv6.conf.all.disable_ipv6", "net.ipv6.conf.default.disable_ipv6"];

export const ipv6: Fixup = {
  id: "ipv6",
  summary: "Switches IPv6 off by sysctl where addresses are configured; the addresses stay where they are.",
  appliesTo(guest) {
    return (
      guest.type === "linux" &&
      guest.ipv6Disabled !== true &&
      guest.interfaces.some((one) => one.ipv6.length > 0)
    );
  },
  async apply(files) {
    const folder = "/etc/sysctl.d";
    const dropIns = (await files.list(folder)).filter((name) => name.endsWith(".conf"));
    for (const path of ["/etc/sysctl.conf", ...dropIns.map((name) => `${folder}/${name}`)]) {
      await editLines(files, path, (line) =>
        line.replace(
          /^([ \t-]*net[./]ipv6[./]conf[./](?:all|default)[./]disable_ipv6[ \t]*=[ \t]*)0\b/,
          (_, head: string) => `${head}1`,
        ),
      );
    }
    // Older distributions read the one file alone; in the folder a late name has the last word.
    if ((await files.stat(folder))?.kind === "directory") {
      await files.write(`${folder}/99-sampan-ipv6.conf`, `${keys.map((key) => `${key} = 1`).join("\n")}\n`);
    } else await appendMissing(files, "/etc/sysctl.conf");
  },
};

async function appendMissing(files: WritableGuestFiles, path: string): Promise<void> {
  const text = (await readLatin1(files, path)) ?? "";
  const there = textLines(text).map((line) => pairOf(line)?.[0].replaceAll("/", "."));
  const missing = keys.filter((key) => !there.includes(key));
  if (missing.length > 0)
    await writeLatin1(
      files,
      path,
      appended(
        text,
        missing.map((key) => `${key} = 1`),
      ),
    );
}
