import { readFileSync } from "node:fs";
import { type ErrorCodeEntry, errorCodes, namesIn } from "@sampan/core";
import { planRules } from "@sampan/language-server/analysis";
import { catalogue, type VerbEntry } from "@sampan/sdk/catalogue";
import { describe, expect, it } from "vitest";
import { commandGroups } from "../../command-groups.ts";
import { language } from "../../command-options.ts";
import { commandTable } from "../../command-table.ts";
import { english } from "../english/index.ts";
import { findTextIn } from "../known-texts.ts";
import { glossary } from "./glossary.ts";
import { chinese } from "./index.ts";
import { knownTexts } from "./texts/index.ts";

/** What stands in English in Chinese sentences too: names, commands, options, code, paths, formats. */
const kept = [
  /`[^`]*`/g,
  /“[^”]*”/g,
  /apt-get install/g,
  /convert --used-only/g,
  /\{\w+\}/g,
  /\b[a-z]+:\/\/[\w.@[\]:/-]*/g,
  /sampan [a-z]+/g,
  /\bram:\w+/g,
  /[\w.]*\w\((?:"[^"]*")?\)/g,
  /(?<!\w)--?[a-z][a-z-]*/g,
  /[\w~.@]*\/[\w./<>-]+/g,
  /[\w./-]*\.(?:ts|json|md|inf|exe|cfg|conf|vhd|raw|qcow2|img)\b/g,
  /\b[A-Z0-9]+(?:[_-][A-Z0-9]+)+\b/g,
];

/** Words that are names in Chinese as well, besides those with a capital or digit inside. Everything else in Latin letters is English that was left. */
const names = new Set(
  (
    "bull bull-board express Prometheus shanghai html csv Redis PostgreSQL Tair PgBouncer npm bullmq ioredis pg schema any Sampan Shell TypeScript JavaScript JSON SARIF Bucket Endpoint AccessKey RequestId OpenSSH SSH WinRM PowerShell Windows Linux Node.js " +
    "Enter Promise Observable ECS OSS RAM STS VPC ID Key Action manifest monolithic sparse hive root sudo raw dd diff unified setup mount status remove show TARGET FOLDER SHARE NAME " +
    "NFS SMB PEM OVA OVF VHD VHDX VMDK QCOW2 VDI raw Btrfs ext2 ext3 ext4 XFS NTFS FAT exFAT UTF-8 HTTP Range Negotiate NTLM UAC Administrator " +
    "SELinux NetworkManager Ctrl+C Ctrl+D Ctrl Tab SDK GiB vSwitch ssh-agent AliyunECSImageImportDefaultRole LocalAccountTokenFilterPolicy " +
    "linux windows Aliyun Available acs ram alibaba ssh gbit mbit MB/s nfs sampan auto other dynamic snapshot refuse zeros env file ask vers noatime crcOfCopies present help exit y N " +
    "info cn-hangzhou SAMPAN_HOME SAMPAN_LANG SAMPAN_CLOUD Web CRC V1 am Sampan's TypeScript " +
    "Kerberos Basic Samba Unicode Tools ext gzip zstd tar " +
    "cloud-init Server virtio initramfs Agent bit Xen virtio-win Vista Sysprep quota qemu-guest-agent project nofail inode Standard Debian udev systemd-networkd " +
    "netplan legacy ifupdown growpart fstab extlinux disabled Ubuntu Service Parallels Pack Image Enterprise Datacenter Builder vminit viostor upstart ufw " +
    "systemd-boot sysctl subscription-manager sshd shorewall resume permissive openssh-server nvme nftables netkvm link keyfile iptables ifcfg firewalld enforcing " +
    "dhclient cloud-utils-growpart cloud-guest-utils Update Servicing Secret Red Professional Hat Fedora Component Based Anolis"
  ).split(" "),
);

function englishLeft(text: string): readonly string[] {
  const bare = kept.reduce((rest, pattern) => rest.replace(pattern, " "), text);
  return (bare.match(/[A-Za-z][A-Za-z0-9.+/'_-]*[A-Za-z0-9+]|[A-Za-z]/g) ?? []).filter(
    (word) => word.length > 1 && !names.has(word) && !/^.+[A-Z0-9_.]/.test(word),
  );
}

/** Chinese sentences have Chinese punctuation. */
function punctuationWrong(text: string): boolean {
  const bare = kept.reduce((rest, pattern) => rest.replace(pattern, "x"), text);
  return /\p{Script=Han}\s*[,;:?!]|\p{Script=Han}\.(?!\w)|[,;](?=\p{Script=Han})|\p{Script=Han}\(|\)\p{Script=Han}/u.test(
    bare,
  );
}

const messages = Object.entries(english) as [keyof typeof english, string][];
const texts = Object.entries(knownTexts);
const pairs = [...messages.map(([key, text]) => [text, chinese.messages[key]] as const), ...texts];

describe("the Chinese tables", () => {
  it("have the keys of the English ones, and the placeholders", () => {
    expect(Object.keys(chinese.messages).sort()).toEqual(Object.keys(english).sort());
    for (const [text, translation] of pairs)
      expect([text, namesIn(translation)]).toEqual([text, namesIn(text)]);
  });

  it("are filled, and have no English but names", () => {
    expect(pairs.filter(([, translation]) => translation.trim() === "")).toEqual([]);
    const left = pairs.map(([, translation]) => [translation, englishLeft(translation)] as const);
    expect(left.filter(([, words]) => words.length > 0)).toEqual([]);
  });

  it("have Chinese punctuation", () => {
    expect(pairs.map(([, translation]) => translation).filter(punctuationWrong)).toEqual([]);
    const ends = pairs.filter(
      ([text, translation]) => /[a-z]\.$/.test(text) && !/[。）`]$/.test(translation),
    );
    expect(ends).toEqual([]);
  });

  it("say one thing by one term", () => {
    const wrong = glossary.flatMap(({ english: word, chinese: term, also = [], noun }) => {
      const article = noun === true ? "(?:the|a|an|this|that|of|its|each) " : "";
      const shape = new RegExp(`(?<![\\w/{-])${article}${word.toLowerCase()}s?(?![\\w}/-])`);
      return texts
        .filter(([text]) =>
          shape.test(text.replace(/`[^`]*`|--[\w-]+|\(default[^)]*\)|\b[A-Z]{2,}\b/g, "").toLowerCase()),
        )
        .filter(([, translation]) => ![term, ...also].some((one) => translation.includes(one)))
        .map(([text, translation]) => `${word}: ${text} → ${translation}`);
    });
    expect(wrong).toEqual([]);
  });

  it("have no shape that would fit other people's sentences", () => {
    const letters = (text: string) => text.replace(/\{\w+\}|[^a-z]/gi, "").length;
    // What stands for a single word fits no sentence of others.
    const shapes = texts.map(([text]) => text).filter((text) => /\{(?!oneHost\})\w+\}/.test(text));
    expect(shapes.filter((text) => letters(text) < (text.startsWith("{") ? 8 : 5))).toEqual([]);
  });

  it("take the words that the manual lists", () => {
    const page = readFileSync(new URL("../../../docs/languages.md", import.meta.url), "utf8");
    const listed = [...page.matchAll(/^\| ([A-Z][\w -]+) \| (\S+) \|$/gm)].map(([, english, term]) => [
      english,
      term,
    ]);
    expect(listed.filter(([english]) => english !== "English")).toEqual(
      glossary.map((term) => [term.english, term.chinese]),
    );
  });

  it("have a shape for no sentence that another one has already", () => {
    const find = findTextIn(knownTexts);
    for (const [text, translation] of texts) {
      if (!/\{\w+\}/.test(text)) expect(find(text)).toBe(translation);
    }
  });
});

/** What is missing, ready to be pasted into a table below `texts/`. */
function missingOf(all: readonly string[]): readonly string[] {
  return [...new Set(all)].filter((text) => text !== "" && chinese.findText(text) === undefined);
}

/** What the table of commands says of each, and of their groups. */
const ofCommands = [
  ...commandTable.flatMap(({ summary, details = "", options }) => [
    summary,
    details,
    ...options.map((option) => option.summary),
  ]),
  ...commandGroups.flatMap(({ summary, details = "" }) => [summary, details]),
].map((text) => text.replaceAll("\n", " "));

/** What the catalogue says of the steps of a plan. */
const ofVerbs = Object.values(catalogue).flatMap((entry: VerbEntry) => {
  const { shape = {} } = entry.options as {
    readonly shape?: Readonly<Record<string, { readonly description?: string | undefined }>>;
  };
  return [entry.summary, ...entry.limits, ...Object.values(shape).map(({ description = "" }) => description)];
});

/** What is said of each problem of plans. */
const ofPlanRules = planRules.flatMap(({ title, why, mend }) => [title, why, mend]);

describe("there is a translation", () => {
  it("of every summary, detail and option of the commands (texts/commands.ts, texts/fleets.ts)", () => {
    expect(missingOf([...ofCommands, language.summary])).toEqual([]);
  });

  it("of the meaning and cure of every code (texts/error-codes.ts, texts/host-error-codes.ts, texts/fleets.ts)", () => {
    const all = Object.values(errorCodes).flatMap(({ meaning, cure }: ErrorCodeEntry) => [meaning, cure]);
    expect(missingOf(all)).toEqual([]);
  });

  it("of what the catalogue says of each step, its options and its limits (texts/stages.ts, texts/verb-options.ts)", () => {
    expect(missingOf(ofVerbs)).toEqual([]);
  });

  it("of what is said of each problem of plans (texts/plan-rules.ts)", () => {
    expect(missingOf(ofPlanRules)).toEqual([]);
  });

  it("of nothing that is said no more (texts/commands.ts, texts/fleets.ts, texts/plan-rules.ts, texts/verb-options.ts)", async () => {
    const { commandTexts } = await import("./texts/commands.ts");
    const { fleetCommandTexts } = await import("./texts/fleets.ts");
    const { planRuleTexts } = await import("./texts/plan-rules.ts");
    const { verbOptionTexts } = await import("./texts/verb-options.ts");
    const said = new Set([...ofCommands, ...ofVerbs, ...ofPlanRules]);
    const known = { ...commandTexts, ...fleetCommandTexts, ...planRuleTexts, ...verbOptionTexts };
    expect(Object.keys(known).filter((text) => !said.has(text))).toEqual([]);
  });
});
