/* See esp_random.h. The chip without Wi-Fi is an ESP32-H2. */
#ifndef NO_WIFI
#define SOC_WIFI_SUPPORTED 1
#endif
