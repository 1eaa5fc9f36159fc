/** The units on XS. */
import { suitesOnXs } from "./suites.js";

suitesOnXs(false);
