/* Literals in Python sources, of which nothing is run. */
#include "tests/datasets/read.h"

static void expect_at(const char *rows, const char *text, const char *want)
{
    struct catalog_form form = { .reader = "python", .rows = rows };
    expect_rows(&form, text, want);
}

/* The value that the source gives to `x`. */
static void expect_literal(const char *literal, const char *want)
{
    char *text = xprintf("x = [{'v': %s}]\n", literal);
    char *rows = xprintf("f: at x.0: {\"v\":%s}\n", want);
    expect_at("x.*", text, rows);
    free(text);
    free(rows);
}

/* It is no literal, so that `x` is not there. */
static void expect_none(const char *literal)
{
    char *text = xprintf("x = [{'v': %s}]\ny = 1\n", literal);
    expect_at("x.*", text, "f: no 'x' here: the path to the rows is 'x.*'");
    free(text);
}

static void test_texts(void **state)
{
    (void)state;
    expect_literal("'a'", "\"a\"");
    expect_literal("\"it's\"", "\"it's\"");
    expect_literal("'a' \"b\" 'c'", "\"abc\"");
    expect_literal("('a'\n  # between\n  'b')", "\"ab\"");
    expect_literal("'a' \\\n 'b'", "\"ab\"");
    expect_literal("'''a\n\"b\" ''c'''", "\"a\\n\\\"b\\\" ''c\"");
    expect_literal("\"\"\"\"a\"\"\"", "\"\\\"a\"");
    expect_literal("'\\n\\t\\\\\\'\\x41\\101\\u95ee\\U0001F600'", "\"\\n\\t\\\\'AA问😀\"");
    expect_literal("'\\d \\\na'", "\"\\\\d a\"");
    expect_literal("r'\\d\\''", "\"\\\\d\\\\'\"");
    expect_literal("u'é'", "\"é\"");
    expect_literal("''", "\"\"");
    expect_none("b'a'");
    expect_none("f'{a}'");
    expect_none("'\\ud83d'");
    expect_none("'\\0'");
    expect_none("'\\N{DASH}'");
}

static void test_values(void **state)
{
    (void)state;
    expect_literal("[1, -2.5, +3, 1_000, 1e3,]", "[1,-2.5,3,1000,1000]");
    expect_literal("(1,)", "[1]");
    expect_literal("(1)", "1");
    expect_literal("()", "[]");
    expect_literal("{'a', 'b'}", "[\"a\",\"b\"]");
    expect_literal("{}", "{}");
    expect_literal("{'a': None, 2: True, \"c\": False}", "{\"a\":null,\"2\":true,\"c\":false}");
    expect_literal("{'a': 1, 'a': 2}", "{\"a\":2}");
    expect_none("1 + 2");
    expect_none("1j");
    expect_none("0x10");
    expect_none("Nonesuch");
    expect_none("open('/etc/passwd')");
    expect_none("[1 2]");
    expect_none("{'a' 1}");
    expect_none("{'a': 1 'b': 2}");
    expect_none("[i for i in range(3)]");
}

static void test_statements(void **state)
{
    (void)state;
    expect_at("a.*", "\"\"\"Doc\na = 5\n\"\"\"\nimport os\nb = os.getcwd()\na = [{}]  # end\n",
              "f: at a.0: {}\n");
    expect_at("a", "a: dict[str, int] = {'v': 1}\n", "f: at a: {\"v\":1}\n");
    expect_at("a", "a = {'v': 1}; b = 2\n", "f: at a: {\"v\":1}\n");
    expect_at("a", "a = {'v': 1}\na = {'v': 2}\n", "f: at a: {\"v\":2}\n");
    expect_at("a", "a = {'v': 1}\na = f(a)\n", "f: at a: {\"v\":1}\n");
    expect_at("a", "a == {'v': 1}\nc = 1", "f: no 'a' here: the path to the rows is 'a'");
    expect_at("a.b.*", "a = {'b': [{}, {}]}\r\n", "f: at a.b.0: {}\nf: at a.b.1: {}\n");
    expect_at("f.*", "def f(x) -> list:\n    '''return 5'''\n    y = [\n        1]\n"
                     "    if x:\n        return None or []\n    return [\n    {'v': 1},\n]\n",
              "f: at f.0: {\"v\":1}\n");
    expect_at("f", "def f():\n    return {'v': 1}\n    return {'v': 2}\n", "f: at f: {\"v\":1}\n");
    expect_at("g", "def f():\n    return g()\ng = 1\n",
              "f: at g: a row must be a JSON object");
}

static void test_broken(void **state)
{
    (void)state;
    static const char none[] =
        "f: no name is given a literal here, and no function returns one";
    char deep[4001];
    memset(deep, '[', 4000);
    deep[4000] = '\0';
    deep[0] = 'x';
    deep[1] = '=';
    expect_at("*", "", none);
    expect_at("*", "print('a = 1')\n", none);
    expect_at("*", "x = '''", none);
    expect_at("*", "x = [", none);
    expect_at("*", "x = '\\", none);
    expect_at("*", "x = r'\\", none);
    expect_at("*", "def", none);
    expect_at("*", deep, none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
