import { settingEntry, settingNames } from "@sampan/sdk/settings";

/** Variables that mean one thing. */
export interface VariableEntry {
  /** In the order in which they are asked. */
  readonly names: readonly string[];
  readonly summary: string;
}

/** Variables of a group. */
export interface VariableGroup {
  readonly title: string;
  readonly entries: readonly VariableEntry[];
}

/** Every variable the program looks at, the settings' own first. */
export function variableGroups(): readonly VariableGroup[] {
  const ofSettings = settingNames
    .map((name) => settingEntry(name))
    .filter(({ env }) => env.length > 0)
    .map(({ env, summary }): VariableEntry => ({ names: env, summary }));
  return [{ title: "settings", entries: ofSettings }, ...otherGroups];
}

const otherGroups: readonly VariableGroup[] = [
  {
    title: "credentials",
    entries: [
      {
        names: [
          "ALIBABA_CLOUD_ACCESS_KEY_ID",
          "ALIBABACLOUD_ACCESS_KEY_ID",
          "ALICLOUD_ACCESS_KEY_ID",
          "ALICLOUD_ACCESS_KEY",
        ],
        summary: "id of an access key",
      },
      {
        names: [
          "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
          "ALIBABACLOUD_ACCESS_KEY_SECRET",
          "ALICLOUD_ACCESS_KEY_SECRET",
          "ALICLOUD_SECRET_KEY",
        ],
        summary: "its secret, under the same prefix",
      },
      {
        names: [
          "ALIBABA_CLOUD_SECURITY_TOKEN",
          "ALIBABACLOUD_SECURITY_TOKEN",
          "ALICLOUD_SECURITY_TOKEN",
          "SECURITY_TOKEN",
        ],
        summary: "token of a temporary key",
      },
      {
        names: ["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"],
        summary: "a role taken by a token of OIDC; all three are needed",
      },
      { names: ["ALIBABA_CLOUD_ROLE_SESSION_NAME"], summary: "name of the session of such a role" },
      { names: ["ALIBABA_CLOUD_STS_REGION"], summary: "region whose STS gives temporary keys" },
      {
        names: ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"],
        summary: "true: profiles of ~/.aliyun/config.json are not looked at",
      },
      { names: ["ALIBABA_CLOUD_CREDENTIALS_FILE"], summary: "file in place of ~/.alibabacloud/credentials" },
      { names: ["ALIBABA_CLOUD_CREDENTIALS_URI"], summary: "address that gives a key" },
      { names: ["ALIBABA_CLOUD_ECS_METADATA"], summary: "role of the ECS instance this runs on" },
      {
        names: ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"],
        summary: "true: the instance's metadata service is not asked",
      },
      {
        names: ["ALIBABA_CLOUD_IMDSV1_DISABLED"],
        summary: "true: the metadata service is asked with a token only",
      },
      {
        names: ["ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS"],
        summary: "true: no profile may start a program or call an address",
      },
    ],
  },
  {
    title: "network",
    entries: [
      {
        names: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
        summary: "proxy to the cloud and to https:// hosts",
      },
      {
        names: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
        summary: "proxy to http:// hosts",
      },
      { names: ["NO_PROXY", "no_proxy"], summary: "hosts reached without the proxy" },
      {
        names: ["NODE_EXTRA_CA_CERTS"],
        summary: "file (PEM) of authorities trusted besides the usual ones",
      },
      {
        names: ["NODE_TLS_REJECT_UNAUTHORIZED"],
        summary: "0: any certificate is trusted, and keys can be read on the way",
      },
      { names: ["SSH_AUTH_SOCK"], summary: "agent that holds the keys of SSH" },
    ],
  },
  {
    title: "program",
    entries: [
      {
        names: ["SAMPAN_SIMULATOR"],
        summary: "address of a simulator that listens, in place of the built-in one",
      },
      {
        names: ["SAMPAN_FLEET_STORE"],
        summary: "address of the store that the commands of a fleet share, with its password",
      },
      { names: ["XDG_CONFIG_HOME"], summary: "folder that holds sampan/config.json (~/.config)" },
      { names: ["XDG_STATE_HOME"], summary: "folder that holds the shell's history (~/.local/state)" },
      {
        names: ["SAMPAN_CACHE"],
        summary: "folder of what can be asked for again, such as names of the account",
      },
      {
        names: ["XDG_CACHE_HOME"],
        summary: "on Linux, folder that holds it without SAMPAN_CACHE (~/.cache)",
      },
      {
        names: ["LC_ALL", "LC_MESSAGES", "LANG"],
        summary: "locale, whose language is spoken where no setting says one",
      },
      { names: ["LC_ALL", "LC_CTYPE", "LANG"], summary: "locale: without UTF-8 lines are drawn in ASCII" },
      {
        names: ["SAMPAN_FORCE_TTY"],
        summary: "1 or a width: draw as on a terminal; 0: as where there is none",
      },
      { names: ["CI"], summary: "shows the log of a run in place of its bars" },
      { names: ["TERM"], summary: "dumb: no bars and no colours; linux: no Chinese" },
      { names: ["COLUMNS"], summary: "width of a terminal that does not tell it" },
      { names: ["LINES"], summary: "height of a terminal that does not tell it" },
      { names: ["NO_COLOR"], summary: "not empty: no colours" },
      {
        names: ["FORCE_COLOR", "CLICOLOR_FORCE"],
        summary: "colours also where there is no terminal; FORCE_COLOR=0: none",
      },
      { names: ["CLICOLOR"], summary: "0: no colours" },
      { names: ["VISUAL", "EDITOR"], summary: "editor that `:edit` of the shell opens" },
      { names: ["TMPDIR"], summary: "folder of what is only needed while a command runs" },
    ],
  },
];
