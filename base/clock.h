#ifndef EVALRUN_BASE_CLOCK_H
#define EVALRUN_BASE_CLOCK_H
#include <stdint.h>

int64_t clock_ms(void); /* monotonic milliseconds, origin unspecified */
void clock_iso(char buf[32]); /* now, UTC, "2026-11-23T15:04:05Z" */

#endif
