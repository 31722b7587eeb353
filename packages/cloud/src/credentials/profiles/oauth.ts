import { SampanError } from "@sampan/core";
import { queryString } from "../../sts/acs3-signature.ts";
import { fieldsOf, jsonOf, keyOf, numberIn, textIn } from "../key-answer.ts";
import type { CredentialPorts } from "../ports.ts";
import type { CredentialSource } from "../refreshing.ts";
import { updateCliProfile } from "./cli-config.ts";
import { heldKey, keyFields, statusRefused } from "./cloud-sso.ts";
import { type Profile, required, shown, unfit } from "./profile-context.ts";

const timeoutMs = 15_000;
/** An access token that ends sooner is replaced first, as the vendor's own clients do. */
const tokenMarginSeconds = 1200;

/** The sign-in services and the public ids by which the vendor's command line is known there (credentials 2.4.7). */
const sites: ReadonlyMap<string, { readonly url: string; readonly clientId: string }> = new Map([
  ["CN", { url: "https://oauth.aliyun.com", clientId: "4038181954557748008" }],
  ["INTL", { url: "https://oauth.alibabacloud.com", clientId: "4103531455503354461" }],
]);

const answerNames = {
  id: "accessKeyId",
  secret: "accessKeySecret",
  token: "securityToken",
  expiration: "expiration",
};

/**
 * Keys of a person signed in by OAuth. Access tokens are replaced by the refresh token; what came of it is written back to the
 * profile at once, since a refresh token works only once.
 */
export function oauthSource(profile: Profile, ports: CredentialPorts): CredentialSource {
  const site = sites.get((textIn(profile.fields, "oauth_site_type") ?? "").toUpperCase());
  if (site === undefined) throw unfit(profile, "oauth_site_type is neither CN nor INTL");
  const where = `the profile ${shown(profile.name)}`;
  let first = heldKey(profile, ports);
  let accessToken = textIn(profile.fields, "oauth_access_token");
  let accessEndsAt = numberIn(profile.fields, "oauth_access_token_expire") ?? 0;
  let refreshToken = textIn(profile.fields, "oauth_refresh_token");
  const post = async (path: string, headers: Record<string, string>, body: string, signal: AbortSignal) => {
    const url = new URL(path, site.url);
    const doing = `asking ${url.host} for a key, by ${where}`;
    const { status, text } = await ports.http({
      method: "POST",
      url,
      headers,
      body,
      timeoutMs,
      signal,
      doing,
    });
    if (status !== 200) throw statusRefused(doing, url, status);
    return { answer: jsonOf(text), doing };
  };
  const refresh = async (token: string, signal: AbortSignal) => {
    const body = queryString({
      grant_type: "refresh_token",
      refresh_token: token,
      client_id: site.clientId,
      Timestamp: new Date(ports.clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { answer, doing } = await post("/v1/token", headers, body, signal);
    const fields = fieldsOf(answer);
    accessToken = textIn(fields, "access_token");
    if (accessToken === undefined) {
      throw new SampanError("CLOUD_ANSWER_INVALID", `${doing}: the answer lacks access_token`);
    }
    refreshToken = textIn(fields, "refresh_token") ?? token;
    accessEndsAt = Math.floor(ports.clock.now() / 1000) + (numberIn(fields, "expires_in") ?? 3600);
    await updateCliProfile(ports, profile.name, {
      oauth_access_token: accessToken,
      oauth_refresh_token: refreshToken,
      oauth_access_token_expire: accessEndsAt,
    });
  };
  return {
    description: `OAuth, by ${where}`,
    async fetch(signal) {
      const held = first;
      first = undefined;
      if (held !== undefined) return held;
      const nowSeconds = Math.floor(ports.clock.now() / 1000);
      if (refreshToken !== undefined && accessEndsAt - nowSeconds <= tokenMarginSeconds) {
        await refresh(refreshToken, signal);
      }
      const token = accessToken ?? required(profile, "oauth_access_token");
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const { answer, doing } = await post("/v1/exchange", headers, "", signal);
      const key = keyOf(answer, answerNames, doing);
      await updateCliProfile(ports, profile.name, keyFields(key)).catch(() => undefined);
      return key;
    },
  };
}
