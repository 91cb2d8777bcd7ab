/* Eight threads scan, each with a scanner of its own, while a ninth reloads; and two threads that share one scanner are told so. C99 and POSIX threads. */
#define _POSIX_C_SOURCE 200809L

#include "check.h"
#include "packs.h"
#include "sidestep.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SCANNERS = 8, RELOADS = 60 };

static const sidestep_filter *filter;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int stop;

static int is_over(void)
{
    int over;
    pthread_mutex_lock(&lock);
    over = stop;
    pthread_mutex_unlock(&lock);
    return over;
}

/* Both words are in one message: with either pack alone it is blocked by 8 points, with both by 4 and 4. Never by anything else. */
static void *scan_all_the_time(void *result)
{
    static const char text[] = "zorbchat or quuxgram";
    long *bad = result;
    sidestep_scanner *scanner = NULL;
    double score = 0;
    if (sidestep_scanner_new(filter, &scanner) != SIDESTEP_OK)
        ++*bad;
    do {
        if (sidestep_scan(scanner, text, sizeof text - 1) != SIDESTEP_ACTION_BLOCK)
            ++*bad;
        if (sidestep_verdict_score(scanner, &score) != SIDESTEP_OK || score < 7.999 || score > 8.001)
            ++*bad;
    } while (!is_over());
    if (sidestep_scanner_free(scanner) != SIDESTEP_OK)
        ++*bad;
    return NULL;
}

static sidestep_options *options_of(const char *pack)
{
    sidestep_options *options = sidestep_options_new();
    sidestep_options_set_builtin(options, 0);
    sidestep_options_add_source(options, "test.toml", 9, pack, strlen(pack));
    return options;
}

static void reload_under_scanners(void)
{
    sidestep_options *packs[4];
    pthread_t threads[SCANNERS];
    long bad[SCANNERS] = {0};
    uint64_t generation = 0;
    int i;
    packs[0] = options_of(pack_zorbchat);
    packs[1] = options_of(pack_quuxgram);
    packs[2] = options_of(pack_both);
    packs[3] = options_of(pack_broken);
    CHECK(sidestep_filter_new(packs[0], &filter, NULL) == SIDESTEP_OK);
    for (i = 0; i < SCANNERS; i++)
        CHECK(pthread_create(&threads[i], NULL, scan_all_the_time, &bad[i]) == 0);
    for (i = 0; i < RELOADS; i++) {
        int32_t wanted = i % 4 == 3 ? SIDESTEP_ERROR_PACKS : SIDESTEP_OK;
        CHECK(sidestep_filter_reload(filter, packs[i % 4], NULL) == wanted);
    }
    CHECK(sidestep_filter_generation(filter, &generation) == SIDESTEP_OK && generation == RELOADS / 4 * 3);
    pthread_mutex_lock(&lock);
    stop = 1;
    pthread_mutex_unlock(&lock);
    sidestep_filter_release(filter);
    for (i = 0; i < SCANNERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(bad[i] == 0);
    }
    for (i = 0; i < 4; i++)
        sidestep_options_free(packs[i]);
}

struct shared {
    sidestep_scanner *scanner;
    char *text;
    size_t length;
    long done, busy, other;
};

/* Scans until each of the two has been turned away or has given up, bounded. */
static void *scan_the_shared_one(void *argument)
{
    struct shared *shared = argument;
    int i;
    for (i = 0; i < 400 && shared->busy < 3; i++) {
        int32_t code = sidestep_scan(shared->scanner, shared->text, shared->length);
        if (code == SIDESTEP_ERROR_BUSY)
            shared->busy++;
        else if (code >= 0)
            shared->done++;
        else
            shared->other++;
    }
    return NULL;
}

static void one_scanner_two_threads(void)
{
    enum { LENGTH = 60000 };
    sidestep_options *options = options_of(pack_zorbchat);
    const sidestep_filter *mine = NULL;
    struct shared sides[2];
    pthread_t threads[2];
    char *text = malloc(LENGTH);
    int i;
    memset(text, 'z', LENGTH);
    for (i = 0; i < LENGTH; i += 5)
        text[i] = ' ';
    CHECK(sidestep_filter_new(options, &mine, NULL) == SIDESTEP_OK);
    memset(sides, 0, sizeof sides);
    CHECK(sidestep_scanner_new(mine, &sides[0].scanner) == SIDESTEP_OK);
    sides[1].scanner = sides[0].scanner;
    for (i = 0; i < 2; i++) {
        sides[i].text = text;
        sides[i].length = LENGTH;
        CHECK(pthread_create(&threads[i], NULL, scan_the_shared_one, &sides[i]) == 0);
    }
    for (i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK(sides[0].done + sides[1].done > 0);
    CHECK(sides[0].busy + sides[1].busy > 0);
    CHECK(sides[0].other + sides[1].other == 0);
    CHECK(sidestep_scanner_free(sides[0].scanner) == SIDESTEP_OK);
    sidestep_filter_release(mine);
    sidestep_options_free(options);
    free(text);
}

int main(void)
{
    reload_under_scanners();
    one_scanner_two_threads();
    return finish("threads");
}
