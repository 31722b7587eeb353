import type { Socket } from "node:net";
import type { RunEvent } from "@sampan/core";
import {
  type ControlLimits,
  type ControlReply,
  type ControlRequest,
  controlLine,
  parseRequest,
  refusal,
} from "./control-protocol.ts";
import { EventFeed, type RecordedEvents } from "./event-feed.ts";
import { LineReader } from "./line-reader.ts";

type Progress = Extract<RunEvent, { type: "stage.progress" }>;

/** What a connection asks of its runner. */
export interface ControlAnswers {
  readonly log: RecordedEvents;
  /** The newest progress of each stage that goes on. */
  progress(): readonly Progress[];
  /** Answers what is answered at once. */
  answer(request: Exclude<ControlRequest, { kind: "follow" }>): ControlReply;
}

/** One connection to a runner: reads its questions, and writes no faster than it reads. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #answers: ControlAnswers;
  readonly #limits: ControlLimits;
  readonly #reader: LineReader;
  #follow: { readonly id: number; readonly feed: EventFeed } | undefined;
  #asked: string[] = [];
  #faults = 0;
  #quietSinceMs = performance.now();

  constructor(socket: Socket, answers: ControlAnswers, limits: ControlLimits) {
    this.#socket = socket;
    this.#answers = answers;
    this.#limits = limits;
    this.#reader = new LineReader(limits.lineBytes);
    socket.on("data", (piece) => this.#read(piece));
    socket.on("drain", () => {
      this.#quietSinceMs = performance.now();
      this.#work();
      this.pump();
    });
  }

  /** Sends what waits, as far as the reader takes it. */
  pump(): void {
    if (this.#follow === undefined) return;
    const { id, feed } = this.#follow;
    while (this.#takes()) {
      const event = feed.take();
      if (event === undefined) return;
      this.say({ kind: "event", id, event });
    }
  }

  /** Takes progress for the reader, if it follows. */
  progress(event: Progress): void {
    this.#follow?.feed.progress(event);
  }

  say(reply: ControlReply): void {
    if (!this.#socket.writable) return;
    if (this.#takes()) this.#quietSinceMs = performance.now();
    this.#socket.write(controlLine(reply));
  }

  /** Closes it when it has been silent, or has taken nothing, for too long. */
  closeIfStuck(nowMs: number): void {
    const quietMs = nowMs - this.#quietSinceMs;
    const isStuck = !this.#takes() && quietMs > this.#limits.stuckMs;
    const isIdle = this.#takes() && this.#follow === undefined && quietMs > this.#limits.idleMs;
    if (isStuck || isIdle) this.#socket.destroy();
  }

  /** Says the end to a reader that has everything; one that is behind finds the rest in the journal. */
  end(): void {
    this.pump();
    if (this.#follow !== undefined && this.#takes()) this.say({ kind: "end", id: this.#follow.id });
    this.#socket.end();
  }

  #takes(): boolean {
    return this.#socket.writable && !this.#socket.writableNeedDrain;
  }

  #read(piece: Buffer): void {
    this.#quietSinceMs = performance.now();
    const lines = this.#reader.push(piece);
    if (lines === undefined) {
      const most = this.#limits.lineBytes;
      this.#close(refusal(null, "line-too-long", `a request takes at most ${most} bytes`));
      return;
    }
    this.#asked.push(...lines);
    this.#work();
  }

  /** Answers what was asked. Who asks without reading has to read first, so that answers never pile up. */
  #work(): void {
    while (this.#takes()) {
      const line = this.#asked.shift();
      if (line === undefined) break;
      this.#take(parseRequest(line));
    }
    if (this.#asked.length === 0) this.#socket.resume();
    else this.#socket.pause();
  }

  #take(asked: ReturnType<typeof parseRequest>): void {
    if (asked.kind === "refused") {
      if (++this.#faults >= this.#limits.faults) this.#close(asked);
      else this.say(asked);
    } else if (asked.kind !== "follow") {
      this.say(this.#answers.answer(asked));
    } else if (this.#follow !== undefined) {
      this.say(refusal(asked.id, "follows-already", "a connection follows a run once"));
    } else {
      const feed = new EventFeed(this.#answers.log, asked.after);
      for (const event of this.#answers.progress()) feed.progress(event);
      this.#follow = { id: asked.id, feed };
      this.pump();
    }
  }

  #close(last: ControlReply): void {
    this.say(last);
    // What it still sends is not looked at.
    this.#asked = [];
    this.#socket.removeAllListeners("data");
    this.#socket.destroySoon();
  }
}
