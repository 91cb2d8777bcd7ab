/* A test's only tool: a check that says where it failed and counts. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int failures;
static int checks;

#define CHECK(condition)                                                                                                                   \
    do {                                                                                                                                   \
        checks++;                                                                                                                          \
        if (!(condition)) {                                                                                                                \
            failures++;                                                                                                                    \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                                        \
        }                                                                                                                                  \
    } while (0)

static int finish(const char *name)
{
    printf("%s: %d checks, %d failed\n", name, checks, failures);
    return failures != 0;
}

#endif
