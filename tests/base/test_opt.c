#include "base/opt.h"
#include "base/utf8.h"
#include "tests/base/scratch.h"

struct values {
    bool first; /* so that no offset that matters is 0 */
    bool json, sample, has_sample, has_limit;
    const char *out, *format;
    long long limit;
    double scale;
    struct opt_list with;
};

static const struct opt table[] = {
    { "limit", 'n', OPT_INT, offsetof(struct values, limit), "N",
      "first N samples of every subset", NULL,
      offsetof(struct values, has_limit) },
    { "out", 'o', OPT_TEXT, offsetof(struct values, out), "DIR",
      "where the run goes", NULL, 0 },
    { "format", 'f', OPT_CHOICE, offsetof(struct values, format), "FORMAT",
      "form of the table", "text|json|csv", 0 },
    { "scale", 0, OPT_REAL, offsetof(struct values, scale), "X", "a factor",
      NULL, 0 },
    { "with", 'w', OPT_LIST, offsetof(struct values, with), "FILE", "beside this, and that",
      NULL, 0 },
    { 0 },
};

static const struct opt flags[] = {
    { "json", 'j', OPT_FLAG, offsetof(struct values, json), NULL, "print JSON",
      NULL, 0 },
    { "sample", 0, OPT_FLAG, offsetof(struct values, sample), NULL,
      "use the sample data", NULL, offsetof(struct values, has_sample) },
    { 0 },
};

static const struct opt *const tables[] = { table, flags, NULL };

enum { ARGS = 16 };

/* Parses words parted by blanks; what remains is joined by blanks in rest. */
static int parse(struct values *v, const char *line, char rest[200],
                 struct err *e)
{
    static char copy[200];
    char *argv[ARGS];
    int argc = 0, n = -1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *p = copy; *p && argc < ARGS;) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    int rc = opt_parse(v, tables, argc, argv, &n, e);
    size_t len = 0;
    rest[0] = '\0';
    for (int i = 0; rc == 0 && i < n; i++)
        len += (size_t)snprintf(rest + len, 200 - len, "%s%s", i ? " " : "",
                                argv[i]);
    return rc;
}

static struct values parsed(const char *line, const char *want_rest)
{
    struct values v = { 0 };
    struct err e = { 0 };
    char rest[200];
    if (parse(&v, line, rest, &e) < 0)
        fail_msg("%s: %s", line, e.text);
    assert_string_equal(rest, want_rest);
    return v;
}

static void forms_of_values(void **state)
{
    (void)state;
    static const char *const forms[] = { "--limit 12", "--limit=12", "-n 12",
                                         "-n12", "--limit 1 --limit 12" };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct values v = parsed(forms[i], "");
        assert_true(v.limit == 12 && v.has_limit);
    }
    struct values v = parsed("-n -5 --scale -2.5e-1 --out=a=b --format csv",
                             "");
    assert_true(v.limit == -5 && v.scale == -0.25);
    assert_string_equal(v.out, "a=b");
    assert_string_equal(v.format, "csv");
    v = parsed("--out= x", "x");
    assert_string_equal(v.out, "");
    v = parsed("--out -", ""); /* a dash is a word */
    assert_string_equal(v.out, "-");
    v = parsed("--out=--json", "");
    assert_string_equal(v.out, "--json");
    assert_false(v.json);
}

static void forms_of_flags(void **state)
{
    (void)state;
    assert_true(parsed("--json", "").json);
    assert_true(parsed("-j", "").json);
    assert_false(parsed("--json --no-json", "").json);
    assert_true(parsed("--no-json --json", "").json);
    struct values v = parsed("--no-sample", "");
    assert_true(!v.sample && v.has_sample);
    v = parsed("", "");
    assert_true(!v.sample && !v.has_sample && !v.has_limit && !v.out);
}

static void the_rest_keeps_its_order(void **state)
{
    (void)state;
    assert_true(parsed("a --limit 3 b --json c", "a b c").limit == 3);
    struct values v = parsed("a -- --json -n", "a --json -n");
    assert_false(v.json);
    parsed("-- --", "--");
    parsed("-", "-");
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        { "--limt 3", "unknown option --limt (did you mean --limit?)" },
        { "--limt=3", "unknown option --limt (did you mean --limit?)" },
        { "--formt", "unknown option --formt (did you mean --format?)" },
        { "--nothing-like-it", "unknown option --nothing-like-it; see --help" },
        { "-x", "unknown option -x; see --help" },
        { "-5", "unknown option -5; see --help" },
        { "--LIMIT 3", "unknown option --LIMIT (did you mean --limit?)" },
        { "--limit", "--limit: a value is missing (N)" },
        { "-n", "--limit: a value is missing (N)" },
        { "--out --json", "--out: a value is missing (DIR)" },
        { "--out -- x", "--out: a value is missing (DIR)" },
        { "--limit x", "--limit: 'x' is not a whole number" },
        { "--limit=", "--limit: '' is not a whole number" },
        { "--limit 3x", "--limit: '3x' is not a whole number" },
        { "--limit 2.5", "--limit: '2.5' is not a whole number" },
        { "--limit 99999999999999999999",
          "--limit: '99999999999999999999' is not a whole number" },
        { "--scale x", "--scale: 'x' is not a number" },
        { "--scale 1.5.", "--scale: '1.5.' is not a number" },
        { "--scale 1e999", "--scale: '1e999' is not a number" },
        { "--scale nan", "--scale: 'nan' is not a number" },
        { "--scale inf", "--scale: 'inf' is not a number" },
        { "--format xml", "--format: 'xml' is none of text|json|csv" },
        { "--format tex", "--format: 'tex' is none of text|json|csv" },
        { "--format text|json",
          "--format: 'text|json' is none of text|json|csv" },
        { "--format=", "--format: '' is none of text|json|csv" },
        { "--json=yes", "--json takes no value" },
        { "-jn", "--json takes no value" },
        { "--no-limit", "unknown option --no-limit (did you mean --limit?)" },
        { "--no-jsn", "unknown option --no-jsn; see --help" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct values v = { 0 };
        struct err e = { 0 };
        char rest[200];
        assert_int_equal(parse(&v, cases[i].line, rest, &e), ERR_USAGE);
        assert_string_equal(e.text, cases[i].message);
    }
}

static void nearest(void **state)
{
    (void)state;
    static const char *const words[] = { "report", "run", "samples", "score" };
    assert_string_equal(nearest_word("rnu", words, 4), "run");
    assert_string_equal(nearest_word("raport", words, 4), "report");
    assert_string_equal(nearest_word("sample", words, 4), "samples");
    assert_string_equal(nearest_word("scores", words, 4), "score");
    assert_string_equal(nearest_word("run", words, 4), "run");
    assert_null(nearest_word("elephant", words, 4));
    assert_null(nearest_word("", words, 4));
    assert_null(nearest_word("run", words, 0));
    char long_word[300];
    memset(long_word, 'r', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    assert_null(nearest_word(long_word, words, 4)); /* no search, no overflow */
}

static void help_is_aligned(void **state)
{
    (void)state;
    struct strbuf b = STRBUF_INIT;
    opt_help(&b, table, 80);
    opt_help(&b, flags, 80);
    assert_string_equal(
        b.s,
        "  -n, --limit N           first N samples of every subset\n"
        "  -o, --out DIR           where the run goes\n"
        "  -f, --format FORMAT     form of the table; one of text, json, csv\n"
        "      --scale X           a factor\n"
        "  -w, --with FILE         beside this, and that\n"
        "  -j, --json              print JSON\n"
        "      --sample            use the sample data\n");
    strbuf_release(&b);
}

static void help_wraps(void **state)
{
    (void)state;
    static const struct opt wide[] = {
        { "a-rather-long-option-name", 0, OPT_TEXT, 0, "VALUE",
          "whose help begins on its own line and is longer than the line "
          "that it has been given to stand in",
          NULL, 0 },
        { 0 },
    };
    struct strbuf b = STRBUF_INIT;
    opt_help(&b, wide, 60);
    assert_string_equal(b.s, "      --a-rather-long-option-name VALUE\n"
                             "                          whose help begins on "
                             "its own line\n"
                             "                          and is longer than the "
                             "line that\n"
                             "                          it has been given to "
                             "stand in\n");
    strbuf_release(&b);
}

static void lists_keep_every_value(void **state)
{
    (void)state;
    struct values v = { 0 };
    struct err e = { 0 };
    char rest[200];
    assert_int_equal(parse(&v, "--with a,b x --with=c -w d", rest, &e), 0);
    assert_int_equal(v.with.n, 3);
    assert_string_equal(v.with.item[0], "a,b");
    assert_string_equal(v.with.item[1], "c");
    assert_string_equal(v.with.item[2], "d");
    assert_string_equal(rest, "x");
    v.with.n = OPT_LIST_MAX;
    assert_int_equal(parse(&v, "-w e", rest, &e), ERR_USAGE);
    assert_string_equal(e.text, "--with: given more than 16 times");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_values),
        cmocka_unit_test(forms_of_flags),
        cmocka_unit_test(the_rest_keeps_its_order),
        cmocka_unit_test(errors),
        cmocka_unit_test(nearest),
        cmocka_unit_test(help_is_aligned),
        cmocka_unit_test(help_wraps),
        cmocka_unit_test(lists_keep_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
