/** What a step of a connection comes to, of its transport too, and a call of PacketStream: one of these, or a status below zero. */

/** Nothing is left to do until bytes come or go. */
export const STEP_WAITS = 0;

/** Something was done, and there may be more: another step may follow at once. */
export const STEP_DONE = 1;

/** A slice of something long was done: others should have their turn before the next. */
export const STEP_SLICE = 2;
