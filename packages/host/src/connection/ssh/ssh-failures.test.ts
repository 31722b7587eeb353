import { describe, expect, it } from "vitest";
import { connectFailure, isChannelRefusal, lostFailure } from "./ssh-failures.ts";

describe("what OpenSSH says when it fails", () => {
  it.each([
    ["ssh: Could not resolve hostname nowhere: Name or service not known", "HOST_UNREACHABLE", "nowhere"],
    ["ssh: connect to host web port 22: Connection refused", "HOST_UNREACHABLE", "refused"],
    ["ssh: connect to host web port 22: Connection timed out", "HOST_UNREACHABLE", "timed out"],
    ["ssh: connect to host web port 22: No route to host", "HOST_UNREACHABLE", "No route"],
    [
      "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.0.0.7 port 22",
      "HOST_UNREACHABLE",
      "reset",
    ],
    [
      "Unable to negotiate with 10.0.0.7 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss",
      "HOST_UNREACHABLE",
      "ssh-rsa",
    ],
    [
      "No ED25519 host key is known for web and you have requested strict checking.\r\nHost key verification failed.",
      "HOST_KEY_UNKNOWN",
      "is not known",
    ],
    ["Host key verification failed.", "HOST_KEY_UNKNOWN", "is not known"],
    [
      "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending ED25519 key in /root/.ssh/known_hosts:3\nHost key verification failed.",
      "HOST_KEY_UNKNOWN",
      "another one",
    ],
    [
      "Welcome to web\nroot@web: Permission denied (publickey,password).",
      "HOST_LOGIN_REFUSED",
      "Permission denied",
    ],
    [
      "Received disconnect from 10.0.0.7 port 22:2: Too many authentication failures\nDisconnected from 10.0.0.7",
      "HOST_LOGIN_REFUSED",
      "Too many",
    ],
    ["~/.ssh/config: line 3: Bad configuration option: hosst", "HOST_SOURCE_INVALID", "hosst"],
    ["", "HOST_UNREACHABLE", "without saying why"],
  ])("takes %j for %s", (said, code, telling) => {
    const error = connectFailure("ssh://root@web", said, false);
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toContain("ssh://root@web");
    expect(error.message).toContain(telling);
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });

  it("takes a host that was there a moment ago for one that restarts", () => {
    expect(
      connectFailure("ssh://web", "ssh: connect to host web port 22: Connection refused", true).retryable,
    ).toBe(true);
    expect(connectFailure("ssh://web", "Permission denied (publickey).", true).retryable).toBe(false);
  });

  it("says why a connection ended, without what could mislead a terminal", () => {
    const error = lostFailure("ssh://web", "reading", "\u001b[2JTimeout, server web not responding.\r\n");
    expect(error).toMatchObject({ code: "HOST_CONNECTION_LOST", retryable: true });
    expect(error.message).toBe(
      "reading on ssh://web: the connection ended: Timeout, server web not responding.",
    );
  });

  it("tells a refused channel from other failures", () => {
    expect(
      isChannelRefusal("mux_client_request_session: session request failed: Session open refused by peer"),
    ).toBe(true);
    expect(isChannelRefusal("sh: 1: exec: no: not found")).toBe(false);
  });
});
