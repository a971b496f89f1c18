#include "evaluator/engines/cores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

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

bool cores_listed(const char *list, long cpu)
{
    for (const char *at = list; *at;) {
        char *end;
        long first = strtol(at, &end, 10), last = first;
        if (end == at)
            return false;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        if (cpu >= first && cpu <= last)
            return true;
        at = end + (*end == ',');
    }
    return false;
}

/* What taskset, a batch system or a container leaves of the machine; heap. */
static char *allowed_list(void)
{
    static const char key[] = "Cpus_allowed_list:";
    char line[4096], *list = NULL;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && !list && fgets(line, sizeof line, f))
        if (strncmp(line, key, sizeof key - 1) == 0)
            list = xstrdup(line + sizeof key - 1);
    if (f)
        fclose(f);
    return list;
}

int cores_physical(void)
{
    long configured = sysconf(_SC_NPROCESSORS_CONF), online = sysconf(_SC_NPROCESSORS_ONLN);
    long count = 0, threads = 0;
    char *list = allowed_list();
    for (long i = 0; i < configured; i++) {
        char path[96];
        snprintf(path, sizeof path,
                 "/sys/devices/system/cpu/cpu%ld/topology/thread_siblings_list", i);
        long first;
        if (list && !cores_listed(list, i))
            continue;
        threads++;
        if (read_number(&first, path)) /* a core counts at its first allowed thread */
            count += first == i || (list && !cores_listed(list, first));
    }
    free(list);
    if (count < 1)
        count = threads < online ? threads : online; /* no /sys here */
    long limit = quota();
    if (limit > 0 && limit < count)
        count = limit;
    return count > 0 ? (int)count : 1;
}
