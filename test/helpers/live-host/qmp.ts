import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

/** The control connection of an emulator that is running. */
export interface Qmp {
  /** Runs a command of the emulator; what it returns. Throws what the emulator answers as an error. */
  command<T = unknown>(name: string, args?: Readonly<Record<string, unknown>>): Promise<T>;
  close(): void;
}

/** Connects to the QMP socket of an emulator that was just started; waits until it is there. */
export async function openQmp(path: string, ended: () => string | undefined): Promise<Qmp> {
  const socket = await connectTo(path, ended);
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  const lines = createInterface({ input: socket });
  // An emulator that is ended resets the connection; that is heard as its close.
  lines.on("error", () => undefined);
  lines.on("line", (line) => {
    const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
    // Greetings and events answer nothing.
    if (message.error !== undefined) waiting.shift()?.reject(new Error(`QEMU: ${message.error.desc}`));
    else if ("return" in message) waiting.shift()?.resolve(message.return);
  });
  socket.on("close", () => {
    for (const { reject } of waiting.splice(0)) reject(new Error("QEMU closed its control connection"));
  });
  socket.on("error", () => undefined);
  const command = <T>(name: string, args: Readonly<Record<string, unknown>> = {}) =>
    new Promise<T>((resolve, reject) => {
      if (socket.destroyed) {
        reject(new Error("QEMU closed its control connection"));
        return;
      }
      waiting.push({ resolve: resolve as (value: unknown) => void, reject });
      socket.write(`${JSON.stringify({ execute: name, arguments: args })}\n`);
    });
  await command("qmp_capabilities");
  return { command, close: () => socket.destroy() };
}

async function connectTo(path: string, ended: () => string | undefined): Promise<Socket> {
  for (;;) {
    const socket = await new Promise<Socket | undefined>((resolve) => {
      const attempt = connect(path);
      attempt.once("connect", () => resolve(attempt));
      attempt.once("error", () => resolve(undefined));
    });
    if (socket !== undefined) return socket;
    const reason = ended();
    if (reason !== undefined) throw new Error(`connecting to QEMU: ${reason}`);
    await pause(50);
  }
}
