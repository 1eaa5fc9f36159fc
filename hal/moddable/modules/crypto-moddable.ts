/** "fieldssh/crypto/moddable": cryptography over the SDK's module crypt, hashes and ciphers in C. */
export * from "fieldssh/src/crypto/moddable/index";
