/* What a device has in flash, objects and all: made of a machine's heap as the Moddable SDK's linker makes it. */
#include "xsAll.h"
#include "board.h"

/* A slot with a chunk, as the Moddable SDK's linker writes it: of a kind that the collection does not follow. */
static void useChunkInPlace(txSlot *slot)
{
	switch (slot->kind) {
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_CODE_KIND: slot->kind = XS_CODE_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	}
}

/*
 * An object in flash that firmware changes gets a copy in RAM, its alias. What consists of more than its slots has no such
 * copy; it is frozen, as the linker does.
 */
static void freezeWhatHasNoAlias(txSlot *instance)
{
	txSlot *slot = instance->next;
	if (!slot || !(slot->flag & XS_INTERNAL_FLAG)) return;
	switch (slot->kind) {
	case XS_ARRAY_BUFFER_KIND:
	case XS_DATA_VIEW_KIND:
	case XS_MAP_KIND:
	case XS_PROXY_KIND:
	case XS_REGEXP_KIND:
	case XS_SET_KIND:
	case XS_TYPED_ARRAY_KIND:
	case XS_WEAK_MAP_KIND:
	case XS_WEAK_REF_KIND:
	case XS_WEAK_SET_KIND:
		break;
	default:
		return;
	}
	for (; slot; slot = slot->next) {
		if (slot->kind != XS_ACCESSOR_KIND) slot->flag |= XS_DONT_SET_FLAG;
		slot->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

void boardShare(struct xsMachineRecord *machine)
{
	txMachine *the = (txMachine *)machine;
	txSlot *heap, *slot;
	/* XS takes slots while it shares, and has let go by then of what a collection would have to find: none may come then. */
	fxCollectGarbage(the);
	for (heap = the->firstHeap; heap; heap = heap->next)
		for (slot = heap + 1; slot < heap->value.reference; slot++)
			if (slot->kind == XS_INSTANCE_KIND) freezeWhatHasNoAlias(slot);
	fxShareMachine(the);
	for (heap = the->firstHeap; heap; heap = heap->next)
		for (slot = heap + 1; slot < heap->value.reference; slot++) {
			useChunkInPlace(slot);
			if (slot->kind != XS_ARRAY_KIND || !slot->value.array.address) continue;
			for (txIndex i = fxGetIndexSize(the, slot); i > 0; i--) useChunkInPlace(slot->value.array.address + i - 1);
		}
}
