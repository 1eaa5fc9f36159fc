/** fieldssh/heap on the SDK: what it calls is in heap.c. */
export function freeSlots() {
	return native("xs_fieldssh_heap_freeSlots").call(this);
}
export function freeBytes() {
	return native("xs_fieldssh_heap_freeBytes").call(this);
}
export function usedBytes() {
	return native("xs_fieldssh_heap_usedBytes").call(this);
}
export function totalBytes() {
	return native("xs_fieldssh_heap_totalBytes").call(this);
}
export function collect() {
	return native("xs_fieldssh_heap_collect").call(this);
}
