/** "fieldssh/shell", as on npm. */
export * from "fieldssh/src/shell/index";
