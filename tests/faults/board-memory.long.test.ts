/** Memory refused once at every place of a login that allocates, on both boards. */
import { refusePlaces } from "./board-memory.js";

const all = (places: number) => Array.from({ length: places }, (_, place) => place);

await refusePlaces("i386", all);
await refusePlaces("x86-64", all);
