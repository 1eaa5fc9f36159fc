/* See esp_random.h. */
typedef int esp_err_t;
#define ESP_OK 0
typedef enum { WIFI_MODE_NULL = 0, WIFI_MODE_STA, WIFI_MODE_AP, WIFI_MODE_APSTA, WIFI_MODE_MAX } wifi_mode_t;
esp_err_t esp_wifi_get_mode(wifi_mode_t *mode);
