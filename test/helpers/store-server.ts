import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A server that fleets keep their runs in, of this test alone. */
export interface StoreServer {
  readonly port: number;
  /** Address for `openStore`, with user and password. */
  readonly url: string;
  readonly folder: string;
  /** Kills it as a power cut does; what it had told anybody of is on disk. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the data it had. */
  start(): Promise<void>;
  /** Kills it and removes its folder. */
  close(): Promise<void>;
}

/** Kills a server's process and waits until it has ended. */
export async function killed(server: ChildProcess | undefined): Promise<void> {
  if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill("SIGKILL");
  await gone;
}

/** Waits until `ready`, which is asked again and again, says so; throws with what the server wrote when it ends first. */
export async function untilReady(
  server: ChildProcess,
  ready: () => Promise<boolean>,
  said: () => string,
): Promise<void> {
  for (let tries = 0; !(await ready()); tries++) {
    if (server.exitCode !== null || server.signalCode !== null || tries > 1500)
      throw new Error(`the server did not start: ${said()}`);
    await pause(20);
  }
}

/** Whether something takes connections on a port of the loopback. */
export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
