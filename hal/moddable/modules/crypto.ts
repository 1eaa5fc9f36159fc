/** "fieldssh/crypto/xs": cryptography in JavaScript. */
export * from "fieldssh/src/crypto/xs/index";
