import { settingEntry, settingNames } from "@sampan/sdk/settings";
import { type MessageKey, say, translated } from "../language/speech.ts";

/** Variables that mean one thing. */
export interface VariableEntry {
  /** In the order in which they are asked. */
  readonly names: readonly string[];
  readonly summary: string;
}

/** Variables of a group. */
export interface VariableGroup {
  readonly title: `topic.${"settings" | "credentials" | "network" | "program"}`;
  readonly entries: readonly VariableEntry[];
}

/** Every variable the program looks at, the settings' own first. */
export function variableGroups(): readonly VariableGroup[] {
  const ofSettings = settingNames
    .map((name) => settingEntry(name))
    .filter(({ env }) => env.length > 0)
    .map(({ env, summary }): VariableEntry => ({ names: env, summary: translated(summary) }));
  return [{ title: "topic.settings", entries: ofSettings }, ...otherGroups.map(inWords)];
}

function inWords({ title, entries }: KeyedGroup): VariableGroup {
  return { title, entries: entries.map(({ names, summary }) => ({ names, summary: say(summary) })) };
}

interface KeyedGroup {
  readonly title: VariableGroup["title"];
  readonly entries: readonly {
    readonly names: readonly string[];
    readonly summary: Extract<MessageKey, `variable.${string}`>;
  }[];
}

const otherGroups: readonly KeyedGroup[] = [
  {
    title: "topic.credentials",
    entries: [
      {
        names: [
          "ALIBABA_CLOUD_ACCESS_KEY_ID",
          "ALIBABACLOUD_ACCESS_KEY_ID",
          "ALICLOUD_ACCESS_KEY_ID",
          "ALICLOUD_ACCESS_KEY",
        ],
        summary: "variable.alibaba-cloud-access-key-id",
      },
      {
        names: [
          "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
          "ALIBABACLOUD_ACCESS_KEY_SECRET",
          "ALICLOUD_ACCESS_KEY_SECRET",
          "ALICLOUD_SECRET_KEY",
        ],
        summary: "variable.alibaba-cloud-access-key-secret",
      },
      {
        names: [
          "ALIBABA_CLOUD_SECURITY_TOKEN",
          "ALIBABACLOUD_SECURITY_TOKEN",
          "ALICLOUD_SECURITY_TOKEN",
          "SECURITY_TOKEN",
        ],
        summary: "variable.alibaba-cloud-security-token",
      },
      {
        names: ["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
        summary: "variable.alibaba-cloud-role-arn",
      },
      { names: ["ALIBABA_CLOUD_ROLE_SESSION_NAME"], summary: "variable.alibaba-cloud-role-session-name" },
      { names: ["ALIBABA_CLOUD_STS_REGION"], summary: "variable.alibaba-cloud-sts-region" },
      {
        names: ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"],
        summary: "variable.alibaba-cloud-cli-profile-disabled",
      },
      { names: ["ALIBABA_CLOUD_CREDENTIALS_FILE"], summary: "variable.alibaba-cloud-credentials-file" },
      { names: ["ALIBABA_CLOUD_CREDENTIALS_URI"], summary: "variable.alibaba-cloud-credentials-uri" },
      { names: ["ALIBABA_CLOUD_ECS_METADATA"], summary: "variable.alibaba-cloud-ecs-metadata" },
      {
        names: ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"],
        summary: "variable.alibaba-cloud-ecs-metadata-disabled",
      },
      {
        names: ["ALIBABA_CLOUD_IMDSV1_DISABLED"],
        summary: "variable.alibaba-cloud-imdsv1-disabled",
      },
      {
        names: ["ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"],
        summary: "variable.alibaba-cloud-disable-external-process",
      },
    ],
  },
  {
    title: "topic.network",
    entries: [
      {
        names: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        summary: "variable.https-proxy",
      },
      {
        names: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
        summary: "variable.http-proxy",
      },
      { names: ["NO_PROXY", "no_proxy"], summary: "variable.no-proxy" },
      {
        names: ["NODE_EXTRA_CA_CERTS"],
        summary: "variable.node-extra-ca-certs",
      },
      {
        names: ["NODE_TLS_REJECT_UNAUTHORIZED"],
        summary: "variable.node-tls-reject-unauthorized",
      },
      { names: ["SSH_AUTH_SOCK"], summary: "variable.ssh-auth-sock" },
    ],
  },
  {
    title: "topic.program",
    entries: [
      {
        names: ["SAMPAN_SIMULATOR"],
        summary: "variable.sampan-simulator",
      },
      { names: ["SAMPAN_DEBUG_LOG"], summary: "variable.sampan-debug-log" },
      { names: ["SAMPAN_FLEET_STORE"], summary: "variable.sampan-fleet-store" },
      { names: ["XDG_CONFIG_HOME"], summary: "variable.xdg-config-home" },
      { names: ["XDG_STATE_HOME"], summary: "variable.xdg-state-home" },
      {
        names: ["SAMPAN_CACHE"],
        summary: "variable.sampan-cache",
      },
      {
        names: ["XDG_CACHE_HOME"],
        summary: "variable.xdg-cache-home",
      },
      {
        names: ["LC_ALL", "LC_MESSAGES", "LANG"],
        summary: "variable.lc-all",
      },
      { names: ["LC_ALL", "LC_CTYPE", "LANG"], summary: "variable.lc-all-lc-ctype" },
      {
        names: ["SAMPAN_FORCE_TTY"],
        summary: "variable.sampan-force-tty",
      },
      { names: ["CI"], summary: "variable.ci" },
      { names: ["TERM"], summary: "variable.term" },
      { names: ["COLUMNS"], summary: "variable.columns" },
      { names: ["LINES"], summary: "variable.lines" },
      { names: ["NO_COLOR"], summary: "variable.no-color" },
      {
        names: ["FORCE_COLOR", "CLICOLOR_FORCE"],
        summary: "variable.force-color",
      },
      { names: ["CLICOLOR"], summary: "variable.clicolor" },
      { names: ["VISUAL", "EDITOR"], summary: "variable.visual" },
      { names: ["TMPDIR"], summary: "variable.tmpdir" },
    ],
  },
];
