import { fact, linuxGuest } from "./guest-of.ts";
import { shell, steps } from "./manual.ts";
import type { Rule } from "./rule.ts";
import { imageCheck } from "./sources.ts";

export const cloudInit: Rule = {
  id: "GUESTOS.CloudInit",
  requirement:
    "cloud-init is installed and runs, so that ECS can set the host name, password, keys and disk size.",
  why: "ECS hands an instance its host name, password, keys and user data through cloud-init (19.1.3 or later, or 0.7.6a15). Without it the guest keeps what it has, which many want. A version with a list of datasources must name `AliYun` or nothing is handed over. Windows has vminit in its place, which leaves no mark that could be told offline.",
  looksAt:
    "Whether cloud-init is installed, whether it starts at boot, and `datasource_list` in `/etc/cloud`.",
  mend: steps(
    "On the host, before capture:",
    shell(
      "apt-get install cloud-init     # or dnf, yum, zypper",
      "echo 'datasource_list: [ AliYun ]' > /etc/cloud/cloud.cfg.d/90-aliyun.cfg",
    ),
  ),
  profiles: { current: { severity: "info", source: imageCheck } },
  fixup: "cloud-init",
  check(input) {
    const facts = linuxGuest(input)?.cloudInit;
    if (facts === undefined) return [];
    if (!facts.installed) {
      return [
        {
          message:
            "cloud-init is not installed, so ECS cannot set the password or keys, nor grow the file system.",
          hint: "Install cloud-init 19.1.3 or later on the host before capture, or keep using the guest's own accounts.",
          evidence: [fact("cloudInit", "not installed")],
          fixup: null,
        },
      ];
    }
    if (facts.enabledAtBoot === false) {
      return [
        {
          message:
            "cloud-init is installed but does not run at boot, so ECS cannot set the password or keys.",
          hint: "Remove /etc/cloud/cloud-init.disabled, or run `systemctl enable cloud-init` on the host.",
          evidence: [fact("cloudInit", "not started at boot")],
          fixup: null,
        },
      ];
    }
    const { datasources } = facts;
    if (datasources === null || datasources.some((one) => /^aliyun$/i.test(one))) return [];
    return [
      {
        message: `cloud-init looks for its data in ${datasources.join(", ")} only, so ECS can hand it nothing.`,
        hint: "Add AliYun to datasource_list: `echo 'datasource_list: [ AliYun ]' > /etc/cloud/cloud.cfg.d/90-aliyun.cfg`.",
        evidence: [fact("datasource_list", datasources.join(", "))],
        severity: "warning",
      },
    ];
  },
};
