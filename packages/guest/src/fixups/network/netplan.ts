import { textLines } from "../../facts/lines.ts";
import { parseNetplan } from "../../facts/network/netplan.ts";
import type { GuestFiles } from "../../files/guest-files.ts";
import { appended, commented, mapLines, readLatin1, writeLatin1 } from "../edit-lines.ts";
import { hasProgram, type NetworkStack } from "./stack.ts";

const folder = "/etc/netplan";

/** Ubuntu's netplan. Its files are merged, so the old ones become comments as a whole. */
export const netplan: NetworkStack = {
  async isActive(files) {
    return (await configurations(files)).length > 0 && (await hasProgram(files, "netplan"));
  },
  async toDhcp(files, note) {
    const paths = await configurations(files);
    const found = [];
    for (const path of paths) found.push(...parseNetplan((await files.readText(path)) ?? "", path));
    if (found.length === 0) return "nothing";
    // Written here before: nothing is bound to a name or an address.
    if (found.every((one) => one.name === "first" && one.method === "dhcp")) return "any";
    if (found.length > 1)
      note("netplan configures several interfaces; only the first network card is kept, by DHCP");
    const manager = await isRenderedByNetworkManager(files, paths);
    for (const [index, path] of paths.entries()) {
      const old = mapLines((await readLatin1(files, path)) ?? "", commented);
      const head = "# The configuration of the old machine:\n";
      const before = old.startsWith(head) ? old : `${head}${old}`;
      await writeLatin1(
        files,
        path,
        index === 0 ? appended(before, manager ? withManager : withNetworkd) : before,
      );
    }
    return "any";
  },
};

const withNetworkd = [
  "network:",
  "  version: 2",
  "  ethernets:",
  "    first:",
  "      match:",
  '        name: "e*"',
  "      dhcp4: true",
];
/** NetworkManager takes every card by DHCP that nothing configures. */
const withManager = ["network:", "  version: 2", "  renderer: NetworkManager"];

async function configurations(files: GuestFiles): Promise<readonly string[]> {
  return (await files.list(folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => `${folder}/${name}`);
}

async function isRenderedByNetworkManager(files: GuestFiles, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const lines = textLines(await files.readText(path));
    if (lines.some((line) => /^\s*renderer:\s*["']?NetworkManager/.test(line))) return true;
  }
  return false;
}
