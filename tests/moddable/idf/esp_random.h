/* What entropy-esp32.c uses of ESP-IDF, as its documentation declares it, so that it compiles where there is no ESP-IDF. */
#include <stddef.h>
void esp_fill_random(void *buf, size_t len);
