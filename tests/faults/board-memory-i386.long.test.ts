/** Memory refused once at every place of a login that allocates, on the board with a device's slots. */
import { every, refusePlaces } from "./board-memory.js";

await refusePlaces("i386", every);
