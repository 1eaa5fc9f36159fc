/** "fieldssh", as on npm. */
export * from "fieldssh/src/index";
