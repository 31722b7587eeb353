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
    await files.write(path, text.replace(/^(\s*SELINUX\s*=\s*)(?:enforcing|permissive)\b/gim, "$1disabled"));
  },
};
