import type { RetryPolicy, SampanError } from "@sampan/core";

/**
 * Kinds of failure that are worth another attempt, told apart because they pass in different ways.
 *
 * `throttled`: the store asked to slow down. `server`: a 5xx, or a 200 with an error inside. `reset`: a connection that broke.
 * `timeout`: no answer in time. `unreachable`: no connection at all. `corrupt`: other bytes arrived than were sent. `answer`: an
 * answer that is not the store's. `signing`: a signature made with a wrong clock or an expired token, since corrected.
 */
export type FailureClass =
  | "throttled"
  | "server"
  | "reset"
  | "timeout"
  | "unreachable"
  | "corrupt"
  | "answer"
  | "signing"
  | "other";

/**
 * How often and how patiently each class is tried again, counted by class and call; all waits with full jitter, none shorter
 * than the store asked for.
 */
export const usualRetries: Readonly<Record<FailureClass, RetryPolicy>> = {
  throttled: { attempts: 20, baseMs: 1_000, capMs: 60_000 },
  server: { attempts: 10, baseMs: 500, capMs: 30_000 },
  // A proxy that cuts connections does so at random: the next one is likely to live.
  reset: { attempts: 12, baseMs: 200, capMs: 20_000 },
  timeout: { attempts: 8, baseMs: 1_000, capMs: 30_000 },
  // Some ten minutes: a switch that restarts, a line that is down.
  unreachable: { attempts: 40, baseMs: 1_000, capMs: 30_000 },
  corrupt: { attempts: 4, baseMs: 200, capMs: 5_000 },
  answer: { attempts: 6, baseMs: 1_000, capMs: 30_000 },
  signing: { attempts: 3, baseMs: 100, capMs: 1_000 },
  other: { attempts: 8, baseMs: 500, capMs: 20_000 },
};

/** For a store that has never answered: a wrong address shall not take ten minutes to be told. */
export const firstContact: RetryPolicy = { attempts: 8, baseMs: 500, capMs: 20_000 };

/** The class of an error. */
export function failureClass(error: SampanError): FailureClass {
  const { networkCode, vendorCode, httpStatus } = error.details;
  switch (error.code) {
    case "CLOUD_THROTTLED":
      return "throttled";
    case "CLOUD_UPLOAD_CORRUPT":
      return "corrupt";
    case "CLOUD_ANSWER_INVALID":
      return "answer";
    case "CLOUD_CLOCK_SKEWED":
    case "CLOUD_CREDENTIALS_REFUSED":
      return "signing";
    case "CLOUD_UNREACHABLE":
      if (networkCode === "ETIMEDOUT" || vendorCode === "RequestTimeout") return "timeout";
      if (vendorCode === "IncompleteBody") return "reset";
      return /^(ECONNRESET|ECONNABORTED|EPIPE|HPE_|ERR_STREAM_|ERR_PROXY_UNREACHABLE)/.test(
        String(networkCode),
      )
        ? "reset"
        : "unreachable";
    default:
      return typeof httpStatus === "number" && (httpStatus >= 500 || httpStatus === 200) ? "server" : "other";
  }
}
