import { SampanError } from "@sampan/core";
import { jsonOf, keyOf, pascalNames } from "./key-answer.ts";
import type { CredentialPorts } from "./ports.ts";
import type { CredentialSource } from "./refreshing.ts";

const timeoutMs = 10_000;

/**
 * A key that an address hands out, as a program beside this one does. The address may hold a password: it is never shown.
 *
 * @throws `CLOUD_CREDENTIALS_INVALID` when it is no http(s) address, saying `where` it was found.
 */
export function uriSource(uri: string, { http }: CredentialPorts, where: string): CredentialSource {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new SampanError(
      "CLOUD_CREDENTIALS_INVALID",
      `reading the address of credentials from ${where}: it is none`,
    );
  }
  const headers = basicAuthorization(url);
  url.username = "";
  url.password = "";
  return {
    description: `the address in ${where}`,
    async fetch(signal) {
      const doing = `asking the address in ${where} for a key`;
      const { status, text } = await http({
        method: "GET",
        url,
        headers,
        hidePath: true,
        timeoutMs,
        signal,
        doing,
      });
      if (status !== 200) {
        throw new SampanError("CLOUD_ANSWER_INVALID", `${doing}: it answered with status ${status}`, {
          retryable: status >= 500,
          details: { endpoint: url.host, httpStatus: status },
        });
      }
      return keyOf(jsonOf(text), pascalNames, doing);
    },
  };
}

function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = [username, password].map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { authorization: `Basic ${Buffer.from(pair.join(":")).toString("base64")}` };
}
