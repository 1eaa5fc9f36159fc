/** The whole server on XS: attacks, faults. */
import { suitesOnXs } from "./suites.js";

suitesOnXs(true);
