/* Patterns of files: "{split}/{subset}.csv" against the end of a path. */
#include "datasets/layout.h"
#include "tests/datasets/copy.h"

static void expect(const char *pattern, const char *path, const char *want)
{
    struct arena mem = { 0 };
    struct catalog_split split = { .name = "test", .files = pattern };
    const char *got = NULL;
    bool hit = layout_match(&got, &split, path, &mem);
    if (!want)
        assert_false(hit);
    else if (!hit || strcmp(got, want) != 0)
        fail_msg("%s on %s gives '%s', not '%s'", pattern, path, hit ? got : "-", want);
    arena_release(&mem);
}

static void test_match(void **state)
{
    (void)state;
    expect("{split}/{subset}.csv", "test/art.csv", "art");
    expect("{split}/{subset}.csv", "a/b/test/art.csv", "art");
    expect("{split}/{subset}.csv", "atest/art.csv", NULL);
    expect("{split}/{subset}.csv", "test/a/art.csv", NULL);
    expect("{split}/{subset}.csv", "test/.csv", NULL);
    expect("{split}/{subset}.csv", "test/art.csv.bak", NULL);
    expect("{split}/{subset}.csv", "dev/art.csv", NULL);
    expect("{split}/{subset}_{split}.csv", "data/test/art_test.csv", "art");
    expect("{split}/{subset}_{split}.csv", "test/art_test_test.csv", "art_test");
    expect("{split}/{subset}_{split}.csv", "test/art.csv", NULL);
    expect("{subset}/{subset}.csv", "art/art.csv", "art");
    expect("{subset}/{subset}.csv", "art/zoo.csv", NULL);
    expect("test.jsonl", "x/test.jsonl", "");
    expect("test.jsonl", "latest.jsonl", NULL);
    expect("{other}.csv", "{other}.csv", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_match) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
