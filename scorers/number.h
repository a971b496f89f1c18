#ifndef EVALRUN_SCORERS_NUMBER_H
#define EVALRUN_SCORERS_NUMBER_H
/*
 * The number that a short text states, whatever words and units stand around it:
 * "$1,234.50", "１８ 个", "3/4", "20%", "三百二十五点六", "1.5万", "1.2×10^5".
 * Numbers are read as rules with the finder `number` read them (base/extract.h),
 * and in scientific notation. A text with two numbers states none.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

struct number_reader;

struct number {
    double value; /* 20% is 0.2 */
    bool percent, whole;
};

MUST_USE int number_reader_new(struct number_reader **out, struct err *e);
void number_reader_free(struct number_reader *r);

/* false: none, or not one only. */
bool number_read(struct number *out, const struct number_reader *r, const char *text,
                 struct arena *mem);

/* Whole numbers must be the same; of others the difference may be `absolute`, or
 * `relative` of the greater one. 20% is 0.2, and 20 too where the other side has
 * no percent sign. */
bool number_same(const struct number *a, const struct number *b, double relative,
                 double absolute);

#endif
