import { SampanError, Secret } from "@sampan/core";
import type { CloudCredentials } from "../credentials.ts";
import { type Fields, textIn } from "../key-answer.ts";
import { type CredentialPorts, isSwitchedOn } from "../ports.ts";

/** What turns a profile into a source of keys. */
export interface ProfileContext {
  readonly ports: CredentialPorts;
  /** False where a profile may start no program and call no address of its own choice. */
  readonly trusted: boolean;
}

/** Whether a profile may start programs and call addresses it names. */
export function mayReachOut({ trusted, ports }: ProfileContext): boolean {
  return trusted && !isSwitchedOn(ports.env, "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS");
}

/** One profile, and where it was found, for messages. */
export interface Profile {
  readonly name: string;
  readonly fields: Fields;
  /** The file it stands in. */
  readonly path: string;
}

/** A field that a profile's mode cannot do without; `CLOUD_CREDENTIALS_INVALID` names it when it is not there. */
export function required(profile: Profile, field: string): string {
  const value = textIn(profile.fields, field);
  if (value === undefined) throw unfit(profile, `it has no ${field}`);
  return value;
}

/** The key that stands in a profile itself. */
export function keyIn(profile: Profile, withToken: "required" | "optional" | "none"): CloudCredentials {
  const token =
    withToken === "required" ? required(profile, "sts_token") : textIn(profile.fields, "sts_token");
  return {
    accessKeyId: required(profile, "access_key_id"),
    accessKeySecret: new Secret(required(profile, "access_key_secret")),
    ...(token === undefined || withToken === "none" ? {} : { securityToken: new Secret(token) }),
  };
}

/** What a profile that cannot be used is refused with. */
export function unfit(profile: Pick<Profile, "name" | "path">, found: string, hint?: string): SampanError {
  return new SampanError(
    "CLOUD_CREDENTIALS_INVALID",
    `using the profile ${shown(profile.name)} of ${profile.path}: ${found}`,
    {
      ...(hint === undefined ? {} : { hint }),
      details: { path: profile.path, profile: shown(profile.name) },
    },
  );
}

/** A name out of a file as it may be printed: quoted, short, and not at all when it may be a key put in the wrong place. */
export function shown(name: string): string {
  return /^[\p{L}\p{N} ._@:/+-]{1,64}$/u.test(name) && !/^LTAI|^STS\./.test(name)
    ? JSON.stringify(name)
    : "(a name that cannot be shown)";
}
