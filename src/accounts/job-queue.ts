/**
 * Jobs of one kind, one at a time: what a job needs to run it has once, however many ask for one. Nobody holds the others
 * up, for whoever waits gives the turns that it gets to the first in the queue.
 */
import type { Job } from "../crypto/port.js";

export class JobQueue {
	private readonly jobs: QueuedJob<unknown>[] = [];

	/** Jobs that have begun and not ended. */
	get length(): number {
		return this.jobs.length;
	}

	enter(job: QueuedJob<unknown>): void {
		this.jobs.push(job);
	}

	leave(job: QueuedJob<unknown>): void {
		const at = this.jobs.indexOf(job);
		if (at >= 0) this.jobs.splice(at, 1);
	}

	/** One slice of the first's work. */
	work(): void {
		this.jobs[0].slice();
	}
}

/** A job that waits for its turn in a queue. It enters that with its first step, and holds nothing of it before. */
export class QueuedJob<T> implements Job<T> {
	private readonly queue: JobQueue;
	/** What takes memory takes it with its first step. */
	private readonly job: Job<T>;
	private entered = false;
	private ended = false;
	/** What the job threw, while another gave it a turn. */
	private failure: unknown = undefined;

	constructor(queue: JobQueue, job: Job<T>) {
		this.queue = queue;
		this.job = job;
	}

	get result(): T {
		return this.job.result;
	}

	step(): boolean {
		if (!this.entered) {
			this.entered = true;
			this.queue.enter(this);
		}
		if (!this.ended) this.queue.work();
		if (this.failure !== undefined) throw this.failure;
		return this.ended;
	}

	/** For the queue, on whoever's turn. */
	slice(): void {
		try {
			if (!this.job.step()) return;
		} catch (error) {
			this.failure = error ?? new Error("the job has failed");
		}
		this.end();
	}

	/** Given up: the next one's turn has come. */
	wipe(): void {
		this.job.wipe?.();
		this.end();
	}

	private end(): void {
		this.ended = true;
		this.queue.leave(this);
	}
}
