#include "evaluator/engines/cores.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool read_number(long *out, const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    char line[64];
    bool ok = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    char *end = line;
    *out = ok ? strtol(line, &end, 10) : 0;
    return ok && end != line;
}

/* The container's share of the machine, in whole cores; 0 = no limit. */
static long quota(void)
{
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (!f)
        return 0;
    char line[64];
    bool ok = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    if (!ok)
        return 0;
    char *end;
    long used = strtol(line, &end, 10);
    if (end == line)
        return 0; /* "max" */
    long period = strtol(end, NULL, 10);
    return period > 0 ? (used + period - 1) / period : 0;
}

int cores_physical(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    long count = 0;
    for (long i = 0; i < online; i++) {
        char path[96];
        snprintf(path, sizeof path,
                 "/sys/devices/system/cpu/cpu%ld/topology/thread_siblings_list", i);
        long first;
        count += read_number(&first, path) && first == i;
    }
    if (count < 1)
        count = online > 0 ? online : 1;
    long limit = quota();
    if (limit > 0 && limit < count)
        count = limit;
    return (int)count;
}
