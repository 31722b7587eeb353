import type { ErrorCodeEntry } from "./entry.ts";

export const hostWindowsErrorCodes = {
  HOST_COMMAND_FAILED: {
    meaning: "A command on the host failed.",
    cure: "The message says what the command said; mend that and try again.",
  },
  HOST_ENCRYPTION_REFUSED: {
    meaning: "The host answers WinRM only in a way that would leave messages open to be read or changed.",
    cure: "Allow Negotiate with NTLM on the host, or give it a certificate and take `winrms://`.",
    exitCode: 4,
  },
  HOST_ADMINISTRATOR_NEEDED: {
    meaning: "The user is no administrator of the Windows host, or UAC takes an administrator's rights away.",
    cure: "Take the built-in Administrator or a domain's administrator; for other local ones set LocalAccountTokenFilterPolicy to 1.",
    exitCode: 4,
  },
  HOST_POWERSHELL_FAILED: {
    meaning: "A script of PowerShell ended in an error on a Windows host.",
    cure: "The message says what Windows said; mend that and try again.",
  },
} as const satisfies Record<string, ErrorCodeEntry>;
