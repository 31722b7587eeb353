import { fact, linuxGuest } from "./linux-guest.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const cloudInit: Rule = {
  id: "GUESTOS.CloudInit",
  requirement: "cloud-init is installed, so that ECS can set the host name, password, keys and disk size.",
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: null,
  check(input) {
    const guest = linuxGuest(input);
    if (guest === undefined || guest.cloudInit.installed) return [];
    return [
      {
        message:
          "cloud-init is not installed, so ECS cannot set the password or keys, nor grow the file system.",
        hint: "Install cloud-init 19.1.3 or later on the host before capture, or keep using the guest's own accounts.",
        evidence: [fact("cloudInit", "not installed")],
      },
    ];
  },
};
