/** Slots that can still be taken: as Heap of hal/hal.ts, and so are the next one and collect(). */
export function freeSlots(): number;
export function freeBytes(): number;
/** Bytes of both heaps that are taken, garbage included. */
export function usedBytes(): number;
/** Bytes of both heaps, free and taken; 0 where they grow by what malloc gives, and nobody knows how much that will be. */
export function totalBytes(): number;
export function collect(): void;
