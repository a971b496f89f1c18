#include "scorers/tolerance.h"

int tolerance_read(double *out, const cJSON *spec, const char *key, struct err *e)
{
    const cJSON *item = json_get(spec, key);
    if (!item)
        return 0;
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble < 1))
        return err_set(e, ERR_INPUT, "%s: a number from 0 to less than 1 is wanted", key);
    *out = item->valuedouble;
    return 0;
}
