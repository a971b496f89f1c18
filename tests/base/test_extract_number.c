/* Numbers in texts, Chinese numerals among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/extract.h"

static const struct {
    const char *keys, *text, *want; /* all numbers, each with a blank before it */
} cases[] = {
    { "", "1,234.50 apples", "1234.50" },
    { "", "-3 + 5", "-3 5" },
    { "", "8-5=3", "8 5 3" },
    { "", "x-3, (2)-1", "3 2 1" },
    { "", "温度为-3度", "-3" },
    { "", "−7 and －８", "-7 -8" },
    { "", "-$5 or $-6", "-5 -6" },
    { "", "1,23 and 1,2345", "1 23 1 2345" },
    { "", "1234,567", "1234 567" },
    { "", "1,234,567,890", "1234567890" },
    { "", "１，２３４．５", "1234.5" },
    { "", "3.14. 2.", "3.14 2" },
    { "", ".5", "0.5" },
    { "", "1.2.3", "1.2 0.3" },
    { "", "007", "007" },
    { "", "3/4", "3 4" },
    { "", "20%", "20" },
    { "", "三百", "" },
    { "", "none", "" },
    { "", "+5", "5" },
    { "", "--5", "5" },
    { ", \"fraction\": true", "3/4 and 1／2", "3/4 1/2" },
    { ", \"fraction\": true", "1.5/2", "1.5 2" },
    { ", \"percent\": true", "20% 或 3.5％", "20% 3.5%" },
    { ", \"chinese\": true", "三百二十五点六", "325.6" },
    { ", \"chinese\": true", "两千零五", "2005" },
    { ", \"chinese\": true", "1.5万", "15000" },
    { ", \"chinese\": true", "百分之二十", "20" },
    { ", \"chinese\": true, \"percent\": true", "百分之二十和百分之12.5", "20% 12.5%" },
    { ", \"chinese\": true, \"fraction\": true", "三分之二", "2/3" },
    { ", \"chinese\": true, \"fraction\": true", "3分之2和1/2", "2/3 1/2" },
    { ", \"chinese\": true", "十", "10" },
    { ", \"chinese\": true", "十五", "15" },
    { ", \"chinese\": true", "二十", "20" },
    { ", \"chinese\": true", "一百一十", "110" },
    { ", \"chinese\": true", "一百十五", "115" },
    { ", \"chinese\": true", "三百二", "320" },
    { ", \"chinese\": true", "一万五", "15000" },
    { ", \"chinese\": true", "一万零五", "10005" },
    { ", \"chinese\": true", "一万零五百", "10500" },
    { ", \"chinese\": true", "一亿二千万", "120000000" },
    { ", \"chinese\": true", "三万亿", "3000000000000" },
    { ", \"chinese\": true", "一点五亿", "150000000" },
    { ", \"chinese\": true", "三点五零", "3.50" },
    { ", \"chinese\": true", "零点五", "0.5" },
    { ", \"chinese\": true", "0.5万", "5000" },
    { ", \"chinese\": true", "0.00005万", "0.5" },
    { ", \"chinese\": true", "12.345万", "123450" },
    { ", \"chinese\": true", "二〇二四年", "2024" },
    { ", \"chinese\": true", "3万5千", "35000" },
    { ", \"chinese\": true", "1亿2000万", "120000000" },
    { ", \"chinese\": true", "1万2345", "12345" },
    { ", \"chinese\": true", "5千米和5千人", "5 5000" },
    { ", \"chinese\": true", "负三，-四", "-3 -4" },
    { ", \"chinese\": true", "负12", "-12" },
    { ", \"chinese\": true", "千万别", "" },
    { ", \"chinese\": true", "九九九九九九九九九九九九九九九九九九九九九", "" },
    { ", \"chinese\": true", "1,234", "1234" },
    { ", \"chinese\": true", "四十二，42", "42 42" },
    { ", \"chinese\": true", "萬億點負", "" },
    { ", \"chinese\": true", "兩萬五千", "25000" },
};

static void find_all(char *out, size_t size, const char *keys, const char *text)
{
    struct err e = { 0 };
    struct arena mem = { 0 };
    *out = '\0';
    for (int i = 1; i < 20; i++) {
        struct extraction got;
        struct extract *x = NULL;
        cJSON *list = NULL;
        char *rules = xprintf("[{\"number\": true, \"pick\": %d%s}]", i, keys);
        assert_int_equal(json_parse(&list, rules, strlen(rules), &e), 0);
        if (extract_new(&x, list, "extract", &e) < 0)
            fail_msg("%s: %s", rules, e.text);
        extract_apply(&got, x, text, "", &mem);
        if (got.text)
            snprintf(out + strlen(out), size - strlen(out), "%s%s", i > 1 ? " " : "", got.text);
        extract_free(x);
        cJSON_Delete(list);
        free(rules);
    }
    arena_release(&mem);
}

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256];
        find_all(got, sizeof got, cases[i].keys, cases[i].text);
        if (strcmp(got, cases[i].want))
            fail_msg("'%s'%s: '%s', not '%s'", cases[i].text, cases[i].keys, got, cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_numbers) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
