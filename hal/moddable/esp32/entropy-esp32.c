/*
 * fieldssh/entropy on ESP32: the hardware's generator. It is a true one only while the radio is on, or while the entropy
 * source that the bootloader uses is; without either it repeats itself after a start. So where Wi-Fi is not up (Ethernet, a
 * first start before it is set up, chips without it), that source is switched on for as long as it takes.
 */
#include "xsmc.h"
#include "bootloader_random.h"
#include "esp_random.h"
#include "soc/soc_caps.h"
#if SOC_WIFI_SUPPORTED
#include "esp_wifi.h"
#endif

static int isRadioOn(void)
{
#if SOC_WIFI_SUPPORTED
	wifi_mode_t mode = WIFI_MODE_NULL;
	return esp_wifi_get_mode(&mode) == ESP_OK && mode != WIFI_MODE_NULL;
#else
	return 0;
#endif
}

void xs_fieldssh_entropy(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	int needsSource = !isRadioOn();
	if (needsSource) bootloader_random_enable();
	esp_fill_random(bytes, length);
	if (needsSource) bootloader_random_disable();
}
