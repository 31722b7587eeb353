/** Files of one line that name a Red Hat style distribution, the most exact first. */
export const releaseFiles: readonly string[] = [
  "/etc/centos-release",
  "/etc/rocky-release",
  "/etc/almalinux-release",
  "/etc/oracle-release",
  "/etc/enterprise-release",
  "/etc/sl-release",
  "/etc/fedora-release",
  "/etc/mageia-release",
  "/etc/anolis-release",
  "/etc/alinux-release",
  "/etc/openEuler-release",
  "/etc/euleros-release",
  "/etc/neokylin-release",
  "/etc/kylin-release",
  "/etc/redhat-release",
  "/etc/system-release",
];

const names: readonly (readonly [RegExp, string])[] = [
  [/^CentOS/i, "centos"],
  [/^Red Hat/i, "rhel"],
  [/^Rocky/i, "rocky"],
  [/^AlmaLinux/i, "almalinux"],
  [/^(?:Oracle|Enterprise Linux Enterprise)/i, "oracle"],
  [/^Scientific/i, "scientific"],
  [/^Fedora/i, "fedora"],
  [/^Mageia/i, "mageia"],
  [/^Amazon/i, "amazon"],
  [/^Anolis/i, "anolis"],
  [/^(?:Alibaba Cloud|Aliyun|Alibaba Group)/i, "alinux"],
  [/^(?:openEuler|EulerOS)/i, "openeuler"],
  [/^NeoKylin/i, "neokylin"],
  [/^Kylin/i, "kylin"],
  [/^(?:UnionTech|UOS)/i, "uos"],
];

/** The family that the line of a release file names; `undefined` for one that is not known. */
export function releaseFamily(line: string): string | undefined {
  return names.find(([pattern]) => pattern.test(line))?.[1];
}
