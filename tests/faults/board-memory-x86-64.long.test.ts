/** Memory refused once at every place of a login that allocates, on the board with slots of 64 bits' pointers. */
import { every, refusePlaces } from "./board-memory.js";

await refusePlaces("x86-64", every);
