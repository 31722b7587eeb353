import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { RunEvent } from "@sampan/core";
import { findControl } from "./control-address.ts";
import { type ControlQuestion, type ControlReply, controlLine, parseReply } from "./control-protocol.ts";
import { LineReader } from "./line-reader.ts";

// An event with the changes to a guest may be long; one without end is no event.
const longestReplyBytes = 64 * 1024 * 1024;
// A runner that is stopped takes connections and never answers.
const answerWithinMs = 2000;

/**
 * Asks the runner of the run in `folder` one thing; `undefined` when nobody answers there.
 *
 * What was refused is an answer as well.
 */
export async function askControl(
  folder: string,
  question: Exclude<ControlQuestion, { kind: "follow" }>,
): Promise<ControlReply | undefined> {
  for await (const reply of replies(folder, question)) {
    if (reply.kind !== "hello") return reply;
  }
  return undefined;
}

/** Events of a run after the one of that number, as they happen, from its runner; ends when there is none, or it is no more. */
export async function* liveEvents(
  folder: string,
  after: number,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent> {
  for await (const reply of replies(folder, { kind: "follow", after }, signal)) {
    if (reply.kind === "event") yield reply.event;
    else if (reply.kind !== "hello") return;
  }
}

async function* replies(
  folder: string,
  question: ControlQuestion,
  signal?: AbortSignal,
): AsyncGenerator<ControlReply> {
  const path = findControl(folder);
  if (path === undefined || signal?.aborted) return;
  const socket = connect(path);
  const leave = (): void => void socket.destroy();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    if (!(await connects(socket))) return;
    socket.write(controlLine({ ...question, id: 1 }));
    const reader = new LineReader(longestReplyBytes);
    for await (const piece of socket) {
      // Between events there may be hours.
      if (question.kind === "follow") socket.setTimeout(0);
      const lines = reader.push(piece as Buffer);
      if (lines === undefined) return;
      for (const line of lines) {
        const reply = parseReply(line);
        // A later version may say more; what is not understood is not guessed at.
        if (reply !== undefined) yield reply;
      }
    }
  } catch {
    // The runner is gone: its journal tells the rest.
  } finally {
    signal?.removeEventListener("abort", leave);
    socket.destroy();
  }
}

async function connects(socket: Socket): Promise<boolean> {
  socket.setTimeout(answerWithinMs, () => socket.destroy(new Error("no answer")));
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  }
}
