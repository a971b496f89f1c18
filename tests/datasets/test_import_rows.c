/* Rows of upstream's layouts on their way into the store, and what is refused. */
#include "tests/datasets/copy.h"

#define HEAD                                                                         \
    "{\"dataset\":\"mini\",\"lang\":\"en\",\"about\":\"a\",\"licence\":\"L\","       \
    "\"source\":\"S\","

static void put_entry(struct copy *c, const char *keys)
{
    char *json = xprintf(HEAD "%s}", keys);
    put_file(c, "share/datasets/en/mini.json", json);
    free(json);
    remove_tree(c->from);
}

/* All rows of a split in the store, one a line. */
static char *stored(struct copy *c, const char *split)
{
    struct dataset *d = NULL;
    struct arena mem = { 0 };
    struct strbuf out = STRBUF_INIT;
    struct sample s;
    struct dataset_query q = { .name = "mini", .split = split };
    c->e = (struct err){ 0 };
    int rc = dataset_open(&d, &c->where, &q, &c->e);
    while (rc == 0 && (rc = dataset_next(d, &mem, &s, &c->e)) == 1) {
        char *json = cJSON_PrintUnformatted(s.row);
        strbuf_printf(&out, "%s\n", json);
        cJSON_free(json);
        cJSON_Delete((cJSON *)s.row);
        rc = 0;
    }
    if (rc < 0)
        strbuf_puts(&out, c->e.text);
    dataset_close(d);
    arena_release(&mem);
    return strbuf_take(&out);
}

static void expect_stored(struct copy *c, const char *split, const char *want)
{
    char *got = stored(c, split);
    assert_string_equal(got, want);
    free(got);
}

static void expect_import(struct copy *c, const char *want)
{
    if (import_mini(c, NULL, NULL) < 0)
        fail_msg("%s", c->e.text);
    expect_stored(c, "test", want);
}

/* The message after the folder's path. */
static void expect_refused(struct copy *c, const char *says)
{
    if (import_mini(c, NULL, NULL) == 0)
        fail_msg("not refused: %s", says);
    size_t len = strlen(c->from);
    bool begins = strncmp(c->e.text, c->from, len) == 0;
    assert_string_equal(begins ? c->e.text + len : c->e.text, says);
}

#define C3                                                                              \
    "\"reader\":\"json\",\"rows\":\"*.1.*\",\"subset_field\":\"kind\",\"fields\":["     \
    "{\"name\":\"document\",\"from\":\"../../0\",\"required\":true},"                   \
    "{\"name\":\"question\",\"required\":true},{\"name\":\"choice\",\"required\":true}]," \
    "\"splits\":[{\"name\":\"test\",\"files\":\"c3-{subset}-{split}.json\"}]"

/* The row's own field, and one of a node around it; lists stay lists. */
static void test_nested(void **state)
{
    struct copy *c = *state;
    put_entry(c, C3);
    put_file(c, "from/c3-d-test.json",
             "[[[\"a\",\"b\"],[{\"question\":\"q\",\"choice\":[\"x\",\"y\"],\"more\":1},"
             "{\"question\":\"r\",\"choice\":[\"z\"]}],\"7\"],[[\"c\"],[],\"8\"]]");
    expect_import(c,
                  "{\"id\":\"d/test/0\",\"kind\":\"d\",\"document\":[\"a\",\"b\"],"
                  "\"question\":\"q\",\"choice\":[\"x\",\"y\"]}\n"
                  "{\"id\":\"d/test/1\",\"kind\":\"d\",\"document\":[\"a\",\"b\"],"
                  "\"question\":\"r\",\"choice\":[\"z\"]}\n");
    put_file(c, "from/c3-d-test.json", "[[[\"a\"],[{\"question\":\"q\",\"choice\":[]}],\"7\"]]");
    expect_refused(c, "/c3-d-test.json: at 0.1.0: field 'choice' is empty");
    put_file(c, "from/c3-d-test.json", "[[[],[{\"question\":\"q\",\"choice\":[1]}]]]");
    expect_refused(c, "/c3-d-test.json: at 0.1.0: field 'document' is empty");
    put_file(c, "from/c3-d-test.json", "[[[\"a\"],[{\"choice\":[1]}]]]");
    expect_refused(c, "/c3-d-test.json: at 0.1.0: field 'question' is missing");
    put_file(c, "from/c3-d-test.json", "[[null,[{\"question\":\"q\",\"choice\":[1]}]]]");
    expect_refused(c, "/c3-d-test.json: at 0.1.0: field 'document' is missing (looked for "
                   "'../../0')");
    put_file(c, "from/c3-d-test.json", "[[[\"a\"],{\"question\":\"q\"},\"7\"]]");
    expect_refused(c, "/c3-d-test.json: at 0.1.question: a row must be a JSON object");
    put_file(c, "from/c3-d-test.json", "[[[\"a\"]]]");
    expect_refused(c, "/c3-d-test.json: at 0: no '1' here: the path to the rows is '*.1.*'");
    put_file(c, "from/c3-d-test.json", "[[[\"a\"],[],\"7\"]]");
    expect_refused(c, "/c3-d-test.json: the file has no rows");
    put_file(c, "from/c3-d-test.json", "[[[\"a\"],[");
    expect_refused(c, "/c3-d-test.json: line 1, column 10: ends in the middle of a JSON value");
    put_file(c, "from/c3-d-test.json", "[[[\"a\xff\"]]]");
    expect_refused(c, "/c3-d-test.json:1: byte 6 of the line is not UTF-8; convert the file to "
                   "UTF-8 (iconv)");
}

#define CMRC                                                                              \
    "\"reader\":\"json\",\"rows\":\"data.*.paragraphs.*.qas.*\",\"fields\":["             \
    "{\"name\":\"key\",\"from\":\"id\"},{\"name\":\"context\",\"from\":\"../../context\"," \
    "\"required\":true},{\"name\":\"first\",\"from\":\"answers/0/text\"}],"               \
    "\"id_fields\":[\"key\"],\"splits\":[{\"name\":\"test\",\"files\":\"x.json\"}]"

static void test_deep(void **state)
{
    struct copy *c = *state;
    put_entry(c, CMRC);
    put_file(c, "from/x.json",
             "{\"data\":[{\"paragraphs\":[{\"context\":\"C\",\"qas\":[{\"id\":\"Q1\",\"answers\":"
             "[{\"text\":\"A\"}]},{\"id\":\"Q2\"}]}]},{\"paragraphs\":[]}]}");
    expect_import(c, "{\"id\":\"test/Q1\",\"key\":\"Q1\",\"context\":\"C\",\"first\":\"A\"}\n"
                     "{\"id\":\"test/Q2\",\"key\":\"Q2\",\"context\":\"C\"}\n");
    put_file(c, "from/x.json",
             "{\"data\":[{\"paragraphs\":[{\"context\":\"C\",\"qas\":[{\"id\":\"Q1\"},"
             "{\"id\":\"Q1\"}]}]}]}");
    expect_refused(c, "/x.json: at data.0.paragraphs.0.qas.1: the id 'test/Q1' is there twice; "
                   "'id_fields' of the catalog must tell rows apart");
    put_file(c, "from/x.json",
             "{\"data\":[{\"paragraphs\":[{\"qas\":[{\"id\":\"Q1\"}]}]}]}");
    expect_refused(c, "/x.json: at data.0.paragraphs.0.qas.0: field 'context' is missing (looked "
                   "for '../../context')");
    put_file(c, "from/x.json", "{\"data\":[{\"paragraph\":[]}]}");
    expect_refused(c, "/x.json: at data.0: no 'paragraphs' here: the path to the rows is "
                   "'data.*.paragraphs.*.qas.*'");
}

/* Null members and lists, as AGIEval's rows have them. */
static void test_null(void **state)
{
    struct copy *c = *state;
    put_entry(c, "\"reader\":\"jsonl\",\"subset_field\":\"set\",\"fields\":[{\"name\":\"passage\"},"
                 "{\"name\":\"question\",\"required\":true},{\"name\":\"options\"},"
                 "{\"name\":\"label\"}],\"splits\":[{\"name\":\"test\",\"files\":"
                 "\"{subset}.jsonl\"}]");
    put_file(c, "from/sat.jsonl", "{\"passage\":null,\"question\":\"q\",\"options\":[\"(A)1\"],"
                                  "\"label\":[\"A\",\"C\"],\"other\":{\"solution\":\"s\"}}\n");
    expect_import(c, "{\"id\":\"sat/test/0\",\"set\":\"sat\",\"passage\":null,\"question\":\"q\","
                     "\"options\":[\"(A)1\"],\"label\":[\"A\",\"C\"]}\n");
    put_file(c, "from/sat.jsonl", "{\"question\":\"q\"}\n{\"question\":null}\n");
    expect_refused(c, "/sat.jsonl:2: field 'question' is missing");
}

#define BBH                                                                                    \
    "\"reader\":\"json\",\"rows\":\"examples.*\",\"subset_field\":\"task\",\"fields\":["       \
    "{\"name\":\"input\",\"required\":true},{\"name\":\"instruction\",\"required\":true},"     \
    "{\"name\":\"choices\"}],\"splits\":[{\"name\":\"test\",\"files\":\"{subset}.json\"},"     \
    "{\"name\":\"cot\",\"files\":\"cot-prompts/{subset}.txt\",\"reader\":\"worked\","          \
    "\"optional\":true,\"fields\":[{\"name\":\"instruction\",\"required\":true},"              \
    "{\"name\":\"question\",\"required\":true},{\"name\":\"final\",\"from\":\"answer\","       \
    "\"required\":true,\"match\":\"answer is (.*?)\\\\.?$\"}]}],"                              \
    "\"subsets\":[{\"name\":\"navigate\",\"file\":\"BBH_nav\",\"row\":{\"instruction\":"       \
    "\"Go.\",\"choices\":[\"Yes\",\"No\"]}}]"

/* Constants of a subset, names of files, another reader and fields for a split. */
static void test_subset_facts(void **state)
{
    struct copy *c = *state;
    struct import_result r;
    put_entry(c, BBH);
    put_file(c, "from/BBH_nav.json", "{\"canary\":\"c\",\"examples\":[{\"input\":\"i\"}]}");
    assert_int_equal(import_mini(c, NULL, &r), 0);
    assert_false(r.partial); /* without the optional split */
    import_result_release(&r);
    expect_stored(c, "cot", "split 'cot' of 'mini' was not imported: the source had no file of it; "
                  "import again from a whole copy (imported: test)");
    put_file(c, "from/cot-prompts/BBH_nav.txt", "-----\nGo.\n\nQ: q\nA: So the answer is No.\n");
    expect_import(c, "{\"id\":\"navigate/test/0\",\"task\":\"navigate\",\"input\":\"i\","
                     "\"instruction\":\"Go.\",\"choices\":[\"Yes\",\"No\"]}\n");
    expect_stored(c, "cot", "{\"id\":\"navigate/cot/0\",\"task\":\"navigate\",\"instruction\":"
                  "\"Go.\",\"question\":\"q\",\"final\":\"No\"}\n");
    put_file(c, "from/cot-prompts/BBH_nav.txt", "-----\nGo!\n\nQ: q\nA: So the answer is No.\n");
    expect_refused(c, "/cot-prompts/BBH_nav.txt:4: field 'instruction' is not what the catalog "
                   "says of subset 'navigate'");
    put_file(c, "from/cot-prompts/BBH_nav.txt", "-----\nGo.\n\nQ: q\nA: No.\n");
    expect_refused(c, "/cot-prompts/BBH_nav.txt:4: field 'final' is missing (looked for 'answer', "
                   "and in it for its pattern)");
    put_file(c, "from/cot-prompts/BBH_nav.txt", "Go.\nQ: q\nA: No.\n");
    expect_refused(c, "/cot-prompts/BBH_nav.txt:1: no line '-----' with an instruction after it");
}

#define MATCH                                                                           \
    "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"q\",\"match\":\"(a+)\"}],"            \
    "\"splits\":[{\"name\":\"test\",\"files\":\"x.jsonl\"}]"

static void test_match(void **state)
{
    struct copy *c = *state;
    put_entry(c, MATCH);
    put_file(c, "from/x.jsonl", "{\"q\":\"baab\"}\n{\"q\":\"b\"}\n{\"q\":null}\n");
    expect_import(c, "{\"id\":\"test/0\",\"q\":\"aa\"}\n{\"id\":\"test/1\"}\n"
                     "{\"id\":\"test/2\",\"q\":null}\n");
    put_file(c, "from/x.jsonl", "{\"q\":[\"a\"]}\n");
    expect_refused(c, "/x.jsonl:1: field 'q': its pattern needs a text");
    put_entry(c, "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"q\",\"match\":\"^((?:x+x+)+)y\"}],"
                 "\"splits\":[{\"name\":\"test\",\"files\":\"x.jsonl\"}]");
    put_file(c, "from/x.jsonl", "{\"q\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxzy\"}\n");
    expect_refused(c, "/x.jsonl:1: field 'q': its pattern takes too long on this text");
}

#define ONE_OF                                                                        \
    "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"n\",\"one_of\":\"0|1.5|true\"}],"   \
    "\"splits\":[{\"name\":\"test\",\"files\":\"x.jsonl\"}]"

/* Numbers and truth values are rendered as text; they stay what they are. */
static void test_one_of(void **state)
{
    struct copy *c = *state;
    put_entry(c, ONE_OF);
    put_file(c, "from/x.jsonl", "{\"n\":0}\n{\"n\":\"0\"}\n{\"n\":1.5}\n{\"n\":true}\n"
                                "{\"n\":null}\n{\"n\":0.0}\n");
    expect_import(c, "{\"id\":\"test/0\",\"n\":0}\n{\"id\":\"test/1\",\"n\":\"0\"}\n"
                     "{\"id\":\"test/2\",\"n\":1.5}\n{\"id\":\"test/3\",\"n\":true}\n"
                     "{\"id\":\"test/4\",\"n\":null}\n{\"id\":\"test/5\",\"n\":0}\n");
    put_file(c, "from/x.jsonl", "{\"n\":false}\n");
    expect_refused(c, "/x.jsonl:1: field 'n': 'false' is none of 0|1.5|true");
    put_file(c, "from/x.jsonl", "{\"n\":2}\n");
    expect_refused(c, "/x.jsonl:1: field 'n': '2' is none of 0|1.5|true");
    put_file(c, "from/x.jsonl", "{\"n\":[0]}\n");
    expect_refused(c, "/x.jsonl:1: field 'n' must be text, a number or a truth value, one of "
                   "0|1.5|true");
}

#define IDS                                                                             \
    "\"reader\":\"jsonl\",\"subset_field\":\"s\",\"id_fields\":[\"link\",\"n\"],"       \
    "\"fields\":[{\"name\":\"link\"},{\"name\":\"n\"},{\"name\":\"s\",\"from\":\"meta/set\"}]," \
    "\"splits\":[{\"name\":\"test\",\"files\":\"x.jsonl\"},"                            \
    "{\"name\":\"dev\",\"files\":\"dev.jsonl\",\"fields\":[{\"name\":\"shot\"}]}]"

/* Ids of the rows' own fields; the subset from within the row. */
static void test_ids(void **state)
{
    struct copy *c = *state;
    put_entry(c, IDS);
    put_file(c, "from/x.jsonl", "{\"link\":\"u/v\",\"n\":2,\"meta\":{\"set\":\"a\"}}\n"
                                "{\"link\":\"u/v\",\"n\":1,\"meta\":{\"set\":\"b\"}}\n"
                                "{\"link\":\"u/v\",\"n\":2,\"meta\":{\"set\":\"b\"}}\n");
    put_file(c, "from/dev.jsonl", "{\"shot\":1,\"s\":\"a\"}\n");
    expect_import(c, "{\"id\":\"a/test/u/v#2\",\"s\":\"a\",\"link\":\"u/v\",\"n\":2}\n"
                     "{\"id\":\"b/test/u/v#1\",\"s\":\"b\",\"link\":\"u/v\",\"n\":1}\n"
                     "{\"id\":\"b/test/u/v#2\",\"s\":\"b\",\"link\":\"u/v\",\"n\":2}\n");
    expect_stored(c, "dev", "{\"id\":\"a/dev/0\",\"s\":\"a\",\"shot\":1}\n");
    put_file(c, "from/x.jsonl", "{\"link\":\"u\",\"n\":2,\"meta\":{\"set\":\"a\"}}\n"
                                "{\"link\":\"u\",\"n\":\"2\",\"meta\":{\"set\":\"a\"}}\n");
    expect_refused(c, "/x.jsonl:2: the id 'a/test/u#2' is there twice; 'id_fields' of the catalog "
                   "must tell rows apart");
    put_file(c, "from/x.jsonl", "{\"link\":\"\",\"n\":2,\"meta\":{\"set\":\"a\"}}\n");
    expect_refused(c, "/x.jsonl:1: field 'link' is part of the id: it must be text or a number, "
                   "on one line");
    put_file(c, "from/x.jsonl", "{\"link\":\"u\\nv\",\"n\":2,\"meta\":{\"set\":\"a\"}}\n");
    expect_refused(c, "/x.jsonl:1: field 'link' is part of the id: it must be text or a number, "
                   "on one line");
    put_file(c, "from/x.jsonl", "{\"link\":\"u\",\"meta\":{\"set\":\"a\"}}\n");
    expect_refused(c, "/x.jsonl:1: field 'n' is part of the id: it must be text or a number, on "
                   "one line");
    put_file(c, "from/x.jsonl", "{\"link\":\"u\",\"n\":1,\"meta\":{}}\n");
    expect_refused(c, "/x.jsonl:1: field 's' is missing");
}

/* Enough of them that the table grows. */
static void test_many_ids(void **state)
{
    struct copy *c = *state;
    struct strbuf text = STRBUF_INIT;
    struct import_result r;
    put_entry(c, "\"reader\":\"tsv\",\"columns\":[\"k\"],\"fields\":[{\"name\":\"k\"}],"
                 "\"id_fields\":[\"k\"],\"splits\":[{\"name\":\"test\",\"files\":\"x.tsv\"}]");
    for (int i = 0; i < 5000; i++)
        strbuf_printf(&text, "k%d\n", i);
    put_file(c, "from/x.tsv", text.s);
    assert_int_equal(import_mini(c, NULL, &r), 0);
    assert_int_equal(r.n_rows, 5000);
    import_result_release(&r);
    strbuf_puts(&text, "k17\n");
    put_file(c, "from/x.tsv", text.s);
    expect_refused(c, "/x.tsv:5001: the id 'test/k17' is there twice; 'id_fields' of the catalog "
                   "must tell rows apart");
    strbuf_release(&text);
}

#define WHERE                                                                            \
    "\"reader\":\"tsv\",\"header\":true,\"where\":{\"field\":\"language\",\"is\":\"zh\"}," \
    "\"fields\":[{\"name\":\"text\",\"required\":true}],"                                \
    "\"splits\":[{\"name\":\"test\",\"files\":\"x.tsv\",\"rows\":2}]"

/* Other rows are as if they were not there, even bad ones. */
static void test_where(void **state)
{
    struct copy *c = *state;
    put_entry(c, WHERE);
    put_file(c, "from/x.tsv", "language\ttext\nde\t\nzh\tone\nde\tx\nzh\ttwo\n");
    expect_import(c, "{\"id\":\"test/0\",\"text\":\"one\"}\n"
                     "{\"id\":\"test/1\",\"text\":\"two\"}\n");
    put_file(c, "from/x.tsv", "language\ttext\nde\tx\n");
    expect_refused(c, "/x.tsv: no row has 'zh' in 'language', which the catalog asks for");
    put_file(c, "from/x.tsv", "lang\ttext\nzh\tx\n");
    expect_refused(c, "/x.tsv: no row has 'zh' in 'language', which the catalog asks for");
    put_file(c, "from/x.tsv", "language\ttext\n");
    expect_refused(c, "/x.tsv: the file has no rows");
}

/* Rows without a label, for instance; one that lacks the field is not left out. */
static void test_where_not(void **state)
{
    struct copy *c = *state;
    put_entry(c, "\"reader\":\"jsonl\",\"where\":{\"field\":\"label\",\"is_not\":\"-\"},"
                 "\"fields\":[{\"name\":\"label\",\"required\":true,\"one_of\":\"a|b\"}],"
                 "\"splits\":[{\"name\":\"test\",\"files\":\"x.jsonl\",\"rows\":2}]");
    put_file(c, "from/x.jsonl", "{\"label\":\"a\"}\n{\"label\":\"-\"}\n{\"label\":\"b\"}\n");
    expect_import(c, "{\"id\":\"test/0\",\"label\":\"a\"}\n"
                     "{\"id\":\"test/1\",\"label\":\"b\"}\n");
    put_file(c, "from/x.jsonl", "{\"label\":\"-\"}\n");
    expect_refused(c, "/x.jsonl: every row has '-' in 'label', which the catalog leaves out");
    put_file(c, "from/x.jsonl", "{\"label\":\"a\"}\n{\"lable\":\"b\"}\n");
    expect_refused(c, "/x.jsonl:2: field 'label' is missing");
}

#define LABELS                                                                              \
    "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"goal\",\"required\":true},"               \
    "{\"name\":\"label\",\"required\":true,\"one_of\":\"0|1\"}],\"splits\":[{\"name\":"      \
    "\"test\",\"files\":[\"valid.jsonl\",\"dev.jsonl\"],\"labels\":{\"field\":\"label\","   \
    "\"files\":[\"valid.lst\",\"dev.lst\"]}}]"

/* A field whose values are the lines of a second file. */
static void test_labels(void **state)
{
    struct copy *c = *state;
    put_entry(c, LABELS);
    put_file(c, "from/x/dev.jsonl", "{\"goal\":\"a\"}\n\n{\"goal\":\"b\"}\n");
    expect_refused(c, "/x/dev.jsonl: no file with its labels (looked for valid.lst)");
    put_entry(c, LABELS);
    put_file(c, "from/dev.lst", "1\n");
    expect_refused(c, ": no file of split 'test' of 'mini' in it (looked for valid.jsonl, where "
                   "{split} is test); give the folder or archive that holds upstream's layout");
}

static void test_labels_fit(void **state)
{
    struct copy *c = *state;
    put_entry(c, LABELS);
    put_file(c, "from/x/dev.jsonl", "{\"goal\":\"a\"}\n\n{\"goal\":\"b\"}\n");
    put_file(c, "from/x/dev.lst", "1\r\n0");
    expect_import(c, "{\"id\":\"test/0\",\"goal\":\"a\",\"label\":\"1\"}\n"
                     "{\"id\":\"test/1\",\"goal\":\"b\",\"label\":\"0\"}\n");
    put_file(c, "from/x/dev.lst", "1\n");
    char *says = xprintf("/x/dev.jsonl: rows: 2, but lines of %s/x/dev.lst: 1", c->from);
    expect_refused(c, says);
    free(says);
    put_file(c, "from/x/dev.lst", "1\n0\n0\n");
    says = xprintf("/x/dev.jsonl: rows: 2, but lines of %s/x/dev.lst: 3", c->from);
    expect_refused(c, says);
    free(says);
    put_file(c, "from/x/dev.lst", "1\n2\n");
    expect_refused(c, "/x/dev.jsonl:3: field 'label': '2' is none of 0|1");
    put_file(c, "from/x/dev.lst", "1\n\xff\n");
    expect_refused(c, "/x/dev.lst:2: byte 1 of the line is not UTF-8; convert the file to UTF-8 "
                   "(iconv)");
    put_file(c, "from/x/dev.lst", "1\n0\n");
    put_file(c, "from/x/dev.jsonl", "{\"goal\":\"a\",\"label\":\"1\"}\n{\"goal\":\"b\"}\n");
    expect_refused(c, "/x/dev.jsonl:1: field 'label' is in the row and in the file of labels");
    put_file(c, "from/valid.lst", "1\n0\n");
    expect_refused(c, ": split 'test': files of rows: 1, of labels: 2; there must be one of each");
}

/* A row that is left out takes its label with it. */
/* One file may hold the rows of several splits. */
static void test_where_range(void **state)
{
    struct copy *c = *state;
    put_entry(c, "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"n\"}],\"splits\":["
                 "{\"name\":\"test\",\"files\":\"x.jsonl\",\"rows\":2,"
                 "\"where\":{\"field\":\"n\",\"from\":11,\"to\":12}},"
                 "{\"name\":\"shots\",\"files\":\"x.jsonl\","
                 "\"where\":{\"field\":\"n\",\"from\":2,\"to\":3}}]");
    put_file(c, "from/x.jsonl", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":10}\n{\"n\":11}\n"
                                "{\"n\":12}\n{\"n\":13}\n{\"n\":\"11\"}\n");
    expect_import(c, "{\"id\":\"test/0\",\"n\":11}\n{\"id\":\"test/1\",\"n\":12}\n");
    expect_stored(c, "shots", "{\"id\":\"shots/0\",\"n\":2}\n{\"id\":\"shots/1\",\"n\":3}\n");
    put_file(c, "from/x.jsonl", "{\"n\":1}\n");
    expect_refused(c, "/x.jsonl: no row has a number from 11 to 12 in 'n', which the catalog asks "
                      "for");
}

static void test_labels_where(void **state)
{
    struct copy *c = *state;
    put_entry(c, "\"where\":{\"field\":\"goal\",\"is_not\":\"-\"}," LABELS);
    put_file(c, "from/dev.jsonl", "{\"goal\":\"a\"}\n{\"goal\":\"-\"}\n{\"goal\":\"b\"}\n");
    put_file(c, "from/dev.lst", "1\n1\n0\n");
    expect_import(c, "{\"id\":\"test/0\",\"goal\":\"a\",\"label\":\"1\"}\n"
                     "{\"id\":\"test/1\",\"goal\":\"b\",\"label\":\"0\"}\n");
}

#define TEXTS                                                                            \
    "\"reader\":\"auto\",\"fields\":[{\"name\":\"text\",\"required\":true,\"from\":"     \
    "[\"text\",\"page\",\"content\"]}],\"splits\":[{\"name\":\"test\",\"files\":"        \
    "[\"*.txt\",\"*.jsonl\",\"*.csv\",\"*.rtf\"]}]"

static void put_gz(struct copy *c, const char *name, const char *text)
{
    struct gzip_writer *w = NULL;
    struct err e = { 0 };
    put_file(c, name, "");
    char *path = xprintf("%s/%s", c->dir, name);
    assert_int_equal(gzip_open(&w, path, &e), 0);
    assert_int_equal(gzip_write(w, text, strlen(text), &e), 0);
    assert_int_equal(gzip_commit(w, &e), 0);
    free(path);
}

/* Many files of one split, in the order of their paths, by their endings. */
static void test_texts(void **state)
{
    struct copy *c = *state;
    put_entry(c, TEXTS);
    put_file(c, "from/b/1.txt", "two\r\n");
    put_file(c, "from/a/1.txt", "one");
    put_file(c, "from/c.jsonl", "{\"page\":\"three\"}\n{\"text\":null,\"content\":\"four\"}\n");
    put_gz(c, "from/d.txt.gz", "five");
    put_file(c, "from/e.csv", "n,content\n1,six\n");
    expect_import(c, "{\"id\":\"test/0\",\"text\":\"one\"}\n"
                     "{\"id\":\"test/1\",\"text\":\"two\\r\\n\"}\n"
                     "{\"id\":\"test/2\",\"text\":\"three\"}\n"
                     "{\"id\":\"test/3\",\"text\":\"four\"}\n"
                     "{\"id\":\"test/4\",\"text\":\"five\"}\n"
                     "{\"id\":\"test/5\",\"text\":\"six\"}\n");
    put_file(c, "from/e.csv", "n,words\n1,six\n");
    expect_refused(c, "/e.csv:1: no column 'text'; the first row must name the columns, and has "
                   "'n', 'words'");
    put_file(c, "from/c.jsonl", "{\"p\":\"three\"}\n");
    expect_refused(c, "/c.jsonl:1: field 'text' is missing (looked for 'text', 'page', 'content')");
    put_entry(c, TEXTS);
    put_file(c, "from/x.rtf", "x");
    expect_refused(c, "/x.rtf: the reader 'auto' takes files by the file's ending: .csv .json "
                   ".jsonl .parquet .tsv .txt, each also with .gz");
    put_entry(c, TEXTS);
    put_file(c, "from/a.txt", "");
    expect_refused(c, "/a.txt: the file has no rows");
}

/* A single file is a copy too. */
static void test_single(void **state)
{
    struct copy *c = *state;
    put_entry(c, TEXTS);
    put_gz(c, "from/d.txt.gz", "five");
    char *path = xprintf("%s/d.txt.gz", c->from);
    if (import_mini(c, path, NULL) < 0)
        fail_msg("%s", c->e.text);
    expect_stored(c, "test", "{\"id\":\"test/0\",\"text\":\"five\"}\n");
    put_gz(c, "from/d.txt.gz", "");
    char *says = xprintf("%s: the file has no rows", path);
    assert_int_equal(import_mini(c, path, NULL), ERR_INPUT);
    assert_string_equal(c->e.text, says);
    free(says);
    free(path);
}

#define LINES                                                                  \
    "\"reader\":\"jsonl\",\"fields\":[{\"name\":\"q\",\"required\":true}],"    \
    "\"splits\":[{\"name\":\"test\",\"files\":\"x.jsonl\"}]"

static void put_bytes(struct copy *c, const char *name, const void *data, size_t len)
{
    char *path = xprintf("%s/%s", c->dir, name);
    write_bytes(path, data, len);
    free(path);
}

static void test_gzip(void **state)
{
    struct copy *c = *state;
    struct strbuf packed = STRBUF_INIT;
    struct err e = { 0 };
    put_entry(c, LINES);
    put_gz(c, "from/x.jsonl.gz", "{\"q\":\"one\"}\n{\"q\":\"two\"}\n");
    expect_import(c, "{\"id\":\"test/0\",\"q\":\"one\"}\n{\"id\":\"test/1\",\"q\":\"two\"}\n");
    char *path = xprintf("%s/from/x.jsonl.gz", c->dir);
    assert_int_equal(file_read(&packed, path, 1 << 20, &e), 0);
    put_bytes(c, "from/x.jsonl.gz", packed.s, packed.len - 9);
    expect_refused(c, "/x.jsonl.gz: broken gzip data (it is cut off); get or make the file anew");
    put_bytes(c, "from/x.jsonl.gz", packed.s, 0);
    expect_refused(c, "/x.jsonl.gz: broken gzip data (it is cut off); get or make the file anew");
    put_bytes(c, "from/x.jsonl.gz", "{\"q\":\"one\"}\n", 12);
    expect_refused(c, "/x.jsonl.gz: broken gzip data (incorrect header check); get or make the "
                   "file anew");
    packed.s[packed.len - 6] ^= 1; /* in the checksum */
    put_bytes(c, "from/x.jsonl.gz", packed.s, packed.len);
    expect_refused(c, "/x.jsonl.gz: broken gzip data (incorrect data check); get or make the file "
                   "anew");
    packed.s[packed.len - 6] ^= 1;
    struct strbuf twice = STRBUF_INIT; /* two streams are one text */
    strbuf_add(&twice, packed.s, packed.len);
    strbuf_add(&twice, packed.s, packed.len);
    put_bytes(c, "from/x.jsonl.gz", twice.s, twice.len);
    expect_import(c, "{\"id\":\"test/0\",\"q\":\"one\"}\n{\"id\":\"test/1\",\"q\":\"two\"}\n"
                     "{\"id\":\"test/2\",\"q\":\"one\"}\n{\"id\":\"test/3\",\"q\":\"two\"}\n");
    strbuf_puts(&twice, "more");
    put_bytes(c, "from/x.jsonl.gz", twice.s, twice.len);
    expect_refused(c, "/x.jsonl.gz: broken gzip data (incorrect header check); get or make the "
                   "file anew");
    put_gz(c, "from/x.jsonl.gz", "{\"q\":\"one\"}\n{\"q\":\"\"}\n");
    expect_refused(c, "/x.jsonl.gz:2: field 'q' is empty");
    put_file(c, "from/x.jsonl", "{\"q\":\"one\"}\n");
    expect_refused(c, ": holds the same file twice: x.jsonl and x.jsonl.gz; give the folder of one "
                   "copy");
    strbuf_release(&twice);
    strbuf_release(&packed);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nested, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_deep, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_null, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_subset_facts, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_match, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_one_of, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_ids, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_many_ids, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_where, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_where_not, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_where_range, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_labels, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_labels_fit, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_labels_where, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_texts, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_single, copy_setup, copy_teardown),
        cmocka_unit_test_setup_teardown(test_gzip, copy_setup, copy_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
