/** "fieldssh/hal/moddable": the HAL of the platform that the firmware is built for. */
export * from "fieldssh/hal/moddable/index";
