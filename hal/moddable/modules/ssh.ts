/** "fieldssh/ssh", as on npm. */
export * from "fieldssh/src/nanossh/ssh";
