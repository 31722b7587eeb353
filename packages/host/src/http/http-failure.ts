import type { IncomingHttpHeaders } from "node:http";
import { isSampanError, SampanError } from "@sampan/core";

const longestWaitMs = 60_000;

/** What went wrong below HTTP, as an error; `doing` begins its message. */
export function connectionFailure(doing: string, thrown: unknown): SampanError {
  if (isSampanError(thrown)) return thrown;
  const code = String((thrown as NodeJS.ErrnoException).code ?? "");
  const details = { reason: /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : null };
  if (/^ERR_PROXY_/.test(code)) {
    const message = `${doing}: the proxy: ${(thrown as Error).message}`;
    if (code === "ERR_PROXY_LOGIN") return new SampanError("HOST_LOGIN_REFUSED", message, { details });
    return new SampanError("HOST_UNREACHABLE", message, {
      details,
      retryable: code === "ERR_PROXY_UNREACHABLE",
      hint: "Check the proxy, or say which hosts are reached without it.",
    });
  }
  if (/CERT|^UNABLE_TO_|SELF_SIGNED|^DEPTH_ZERO|ERR_TLS_CERT/.test(code)) {
    return new SampanError("HOST_CERTIFICATE_REFUSED", `${doing}: ${certificateProblem(code)}`, { details });
  }
  if (/^(ENOTFOUND|EAI_|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)/.test(code)) {
    return new SampanError("HOST_UNREACHABLE", `${doing}: no connection (${code})`, {
      details,
      // A name nobody has stays so; all else may pass.
      retryable: code !== "ENOTFOUND",
      hint: "Check the address, and whether this machine reaches it.",
    });
  }
  if (/^(HPE_|ERR_SSL|EPROTO|ERR_HTTP)/.test(code)) {
    return new SampanError("HOST_ANSWER_INVALID", `${doing}: what answers does not speak HTTP so (${code})`, {
      details,
      hint: "Check the port, and whether it is http:// or https://.",
    });
  }
  return new SampanError(
    "HOST_CONNECTION_LOST",
    `${doing}: the connection ended (${code || "no reason given"})`,
    {
      details,
      retryable: true,
      cause: thrown,
    },
  );
}

function certificateProblem(code: string): string {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "the server's certificate is for another name";
  if (code === "CERT_HAS_EXPIRED") return "the server's certificate has expired";
  return `the server's certificate is not one of a trusted authority (${code})`;
}

/** The error that an HTTP status stands for, where it stands for one at all places. */
export function statusFailure(doing: string, status: number, headers: IncomingHttpHeaders): SampanError {
  const details = { status };
  if (status === 401 || status === 403 || status === 407) {
    const who = status === 407 ? "the proxy" : "the server";
    return new SampanError("HOST_LOGIN_REFUSED", `${doing}: ${who} refuses it with status ${status}`, {
      details,
      hint: "Check user, password and rights; an address that was signed may have expired.",
    });
  }
  const passing = status === 408 || status === 425 || status === 429 || status >= 500;
  return new SampanError(
    passing ? "HOST_CONNECTION_LOST" : "HOST_ANSWER_INVALID",
    `${doing}: the server answers with status ${status}`,
    { details, retryable: passing && status !== 501 && status !== 505, ...retryAfter(headers) },
  );
}

function retryAfter(headers: IncomingHttpHeaders): { readonly retryAfterMs?: number } {
  const seconds = headers["retry-after"];
  if (seconds === undefined || !/^\d{1,6}$/.test(seconds)) return {};
  return { retryAfterMs: Math.min(Number(seconds) * 1000, longestWaitMs) };
}
