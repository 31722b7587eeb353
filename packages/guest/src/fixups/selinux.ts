import { replaceInLines } from "../facts/lines.ts";
import type { Fixup } from "./fixup.ts";

export const selinux: Fixup = {
  id: "selinux",
  summary: "Sets SELINUX=disabled in /etc/selinux/config.",
  appliesTo(guest) {
    const configured = guest.type === "linux" ? guest.selinux.configured : null;
    return configured === "enforcing" || configured === "permissive";
  },
  async apply(files) {
    const path = "/etc/selinux/config";
    const text = await files.readText(path);
    if (text === undefined) return;
    await files.write(
      path,
      replaceInLines(text, /^(\s*SELINUX\s*=\s*)(?:enforcing|permissive)\b/i, "$1disabled"),
    );
  },
};
