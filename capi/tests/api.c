/* Every function of sidestep.h, as a host calls it and as it should not. C99. Run under valgrind or a sanitizer by test.sh. */
#include "check.h"
#include "packs.h"
#include "sidestep.h"

#include <stdlib.h>
#include <string.h>

static const char message[] = "add me on z0rb-chat +1 415 555 0132";

static int is_text(sidestep_text text, const char *wanted)
{
    return text.ptr != NULL && text.len == strlen(wanted) && memcmp(text.ptr, wanted, text.len) == 0;
}

static sidestep_options *options_of(const char *pack)
{
    sidestep_options *options = sidestep_options_new();
    CHECK(options != NULL);
    CHECK(sidestep_options_set_builtin(options, 0) == SIDESTEP_OK);
    CHECK(sidestep_options_add_source(options, "test.toml", 9, pack, strlen(pack)) == SIDESTEP_OK);
    return options;
}

static const sidestep_filter *filter_of(const char *pack)
{
    const sidestep_filter *filter = NULL;
    sidestep_options *options = options_of(pack);
    sidestep_error *error = sidestep_error_new();
    if (sidestep_filter_new(options, &filter, error) != SIDESTEP_OK)
        fprintf(stderr, "%s\n", sidestep_error_text(error));
    CHECK(filter != NULL);
    sidestep_error_free(error);
    sidestep_options_free(options);
    return filter;
}

static int32_t scan_text(const sidestep_scanner *scanner, const char *text)
{
    return sidestep_scan(scanner, text, strlen(text));
}

static void versions_and_names(void)
{
    sidestep_text name = {NULL, 0};
    uint32_t bit = 0;
    CHECK(sidestep_abi_version() == SIDESTEP_ABI_VERSION);
    CHECK(strcmp(sidestep_version(), SIDESTEP_VERSION) == 0);
    CHECK(strcmp(sidestep_code_name(SIDESTEP_OK), "ok") == 0);
    CHECK(strcmp(sidestep_code_name(12345), "unknown code") == 0);
    CHECK(strcmp(sidestep_code_name(INT32_MIN), "unknown code") == 0);
    CHECK(strcmp(sidestep_action_name(SIDESTEP_ACTION_BLOCK), "block") == 0);
    CHECK(strcmp(sidestep_action_name(-77), "unknown action") == 0);
    while (sidestep_evasion_name(bit, &name) == SIDESTEP_OK) {
        CHECK(name.len > 0);
        bit++;
    }
    CHECK(bit == 21);
    CHECK(sidestep_evasion_name(5, &name) == SIDESTEP_OK && is_text(name, "leet"));
    CHECK(sidestep_evasion_name(UINT32_MAX, &name) == SIDESTEP_ERROR_NOT_FOUND);
    CHECK(sidestep_evasion_name(0, NULL) == SIDESTEP_ERROR_ARGUMENT);
}

static void a_verdict(void)
{
    const sidestep_filter *filter = filter_of(pack_zorbchat);
    sidestep_scanner *scanner = NULL;
    const sidestep_finding *findings = NULL;
    const sidestep_category *categories = NULL;
    const char *json = NULL;
    size_t count = 0;
    double score = 0;
    uint32_t limits = 99;

    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);
    CHECK(sidestep_verdict_action(scanner) == SIDESTEP_ERROR_NO_VERDICT);
    CHECK(sidestep_verdict_findings(scanner, &findings, &count) == SIDESTEP_ERROR_NO_VERDICT);

    CHECK(scan_text(scanner, message) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_verdict_action(scanner) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_verdict_score(scanner, &score) == SIDESTEP_OK && score > 8.0);
    CHECK(sidestep_verdict_limits(scanner, &limits) == SIDESTEP_OK && limits == 0);

    CHECK(sidestep_verdict_findings(scanner, &findings, &count) == SIDESTEP_OK && count == 2);
    if (count == 2) {
        CHECK(is_text(findings[0].rule, "diversion.test.zorbchat"));
        CHECK(is_text(findings[0].category, "diversion"));
        CHECK(is_text(findings[0].matched, "zorbchat"));
        CHECK(findings[0].value.ptr == NULL && findings[0].value.len == 0);
        CHECK(findings[0].end == 19 && memcmp(message + findings[0].start, "z0rb-chat", 9) == 0);
        CHECK((findings[0].evasion & (1u << 5)) != 0);
        CHECK(findings[0].weight > 8.0);
        CHECK(is_text(findings[1].rule, "contact.test.phone"));
        CHECK(is_text(findings[1].value, "+14155550132"));
        CHECK(findings[1].end == strlen(message));
        CHECK(findings[1].reserved0 == 0 && findings[1].reserved[0] == 0 && findings[1].reserved[1] == 0);
    }
    CHECK(sidestep_verdict_categories(scanner, &categories, &count) == SIDESTEP_OK && count == 2);
    if (count == 2) {
        CHECK(is_text(categories[0].name, "contact") && categories[0].action == SIDESTEP_ACTION_WARN);
        CHECK(is_text(categories[1].name, "diversion") && categories[1].action == SIDESTEP_ACTION_BLOCK);
        CHECK(categories[0].score + categories[1].score > score - 0.001 && categories[0].score + categories[1].score < score + 0.001);
    }
    CHECK(sidestep_verdict_json(scanner, &json, &count) == SIDESTEP_OK);
    CHECK(json != NULL && strlen(json) == count && strstr(json, "\"action\":\"block\"") != NULL);

    CHECK(scan_text(scanner, "what time does it open?") == SIDESTEP_ACTION_ALLOW);
    CHECK(sidestep_verdict_findings(scanner, &findings, &count) == SIDESTEP_OK && count == 0 && findings != NULL);
    CHECK(sidestep_verdict_categories(scanner, &categories, &count) == SIDESTEP_OK && count == 0);
    CHECK(sidestep_verdict_score(scanner, &score) == SIDESTEP_OK && score < 0.001);

    /* The scanner keeps the filter alive. */
    sidestep_filter_release(filter);
    CHECK(scan_text(scanner, message) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_scanner_free(scanner) == SIDESTEP_OK);
}

static void any_bytes(void)
{
    const sidestep_filter *filter = filter_of(pack_zorbchat);
    sidestep_scanner *scanner = NULL;
    const sidestep_finding *findings = NULL;
    size_t count = 0, length;
    uint32_t seed = 1;
    char *block;

    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);
    CHECK(sidestep_scan(scanner, NULL, 0) == SIDESTEP_ACTION_ALLOW);
    CHECK(sidestep_scan(scanner, "", 0) == SIDESTEP_ACTION_ALLOW);
    CHECK(sidestep_scan(scanner, "\0\xff\xfe zorbchat\0", 12) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_verdict_findings(scanner, &findings, &count) == SIDESTEP_OK && count == 1 && findings[0].start == 4 && findings[0].end == 12);
    /* Each block is as long as is said and no longer: a byte read past it is seen by valgrind. */
    for (length = 1; length < 400; length += 7) {
        size_t i;
        block = malloc(length);
        for (i = 0; i < length; i++) {
            seed = seed * 1664525u + 1013904223u;
            block[i] = (char)(seed >> 24);
        }
        CHECK(sidestep_scan(scanner, block, length) >= SIDESTEP_ACTION_ALLOW);
        CHECK(sidestep_verdict_findings(scanner, &findings, &count) == SIDESTEP_OK);
        for (i = 0; i < count; i++)
            CHECK(findings[i].start <= findings[i].end && findings[i].end <= length);
        free(block);
    }
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
}

static void bounds(void)
{
    const sidestep_filter *filter = NULL;
    sidestep_options *options = options_of(pack_zorbchat);
    sidestep_scanner *scanner = NULL;
    const sidestep_finding *findings = NULL;
    size_t count = 0;
    uint32_t met = 0;

    CHECK(sidestep_options_set_limit(options, SIDESTEP_LIMIT_MESSAGE_BYTES, 16) == SIDESTEP_OK);
    CHECK(sidestep_options_set_limit(options, SIDESTEP_LIMIT_FINDINGS, 1) == SIDESTEP_OK);
    CHECK(sidestep_options_set_limit(options, SIDESTEP_LIMIT_WORK_PER_BYTE, 64) == SIDESTEP_OK);
    CHECK(sidestep_options_set_limit(options, SIDESTEP_LIMIT_WORK_BASE, 1024) == SIDESTEP_OK);
    CHECK(sidestep_options_set_limit(options, SIDESTEP_LIMIT_WORK_BASE, UINT64_MAX) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_set_limit(options, 77, 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_set_limit(NULL, SIDESTEP_LIMIT_FINDINGS, 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_new(options, &filter, NULL) == SIDESTEP_OK);
    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);
    CHECK(scan_text(scanner, "zorbchat is what I use") == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_verdict_limits(scanner, &met) == SIDESTEP_OK && met == SIDESTEP_REACHED_MESSAGE_BYTES);
    CHECK(scan_text(scanner, "this one is beyond it: zorbchat") == SIDESTEP_ACTION_ALLOW);
    CHECK(sidestep_verdict_findings(scanner, &findings, &count) == SIDESTEP_OK && count == 0);
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
    sidestep_options_free(options);
}

static void refused_packs(void)
{
    const sidestep_filter *filter = (const sidestep_filter *)&filter;
    sidestep_options *options = options_of(pack_broken);
    sidestep_error *error = sidestep_error_new();

    CHECK(sidestep_error_code(error) == SIDESTEP_OK && sidestep_error_text(error)[0] == '\0' && sidestep_error_json(error)[0] == '\0');
    CHECK(sidestep_filter_new(options, &filter, error) == SIDESTEP_ERROR_PACKS);
    CHECK(filter == NULL);
    CHECK(sidestep_error_code(error) == SIDESTEP_ERROR_PACKS);
    CHECK(strstr(sidestep_error_text(error), "test.toml:8:1") != NULL);
    CHECK(strstr(sidestep_error_text(error), "did you mean `weight`?") != NULL);
    CHECK(strncmp(sidestep_error_json(error), "{\"code\":\"E0", 11) == 0);
    CHECK(sidestep_filter_new(options, &filter, NULL) == SIDESTEP_ERROR_PACKS);
    CHECK(sidestep_filter_new(options, NULL, error) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_error_code(error) == SIDESTEP_ERROR_ARGUMENT && sidestep_error_text(error)[0] != '\0');
    /* Paths and memory do not mix, no packs at all is no filter, and a path that is not there is a diagnostic. */
    CHECK(sidestep_options_add_path(options, "/nowhere/at/all.toml", 20) == SIDESTEP_OK);
    CHECK(sidestep_filter_new(options, &filter, error) == SIDESTEP_ERROR_ARGUMENT);
    sidestep_options_free(options);
    options = sidestep_options_new();
    CHECK(sidestep_options_set_builtin(options, 0) == SIDESTEP_OK);
    CHECK(sidestep_filter_new(options, &filter, error) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_path(options, "/nowhere/at/all.toml", 20) == SIDESTEP_OK);
    CHECK(sidestep_filter_new(options, &filter, error) == SIDESTEP_ERROR_PACKS);
    CHECK(strstr(sidestep_error_text(error), "/nowhere/at/all.toml") != NULL);
    sidestep_options_free(options);
    sidestep_error_free(error);
}

static void reload(void)
{
    const sidestep_filter *filter = filter_of(pack_zorbchat);
    sidestep_options *broken = options_of(pack_broken), *next = options_of(pack_quuxgram);
    sidestep_error *error = sidestep_error_new();
    sidestep_scanner *scanner = NULL;
    uint64_t generation = 9;

    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);
    CHECK(scan_text(scanner, "zorbchat") == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_filter_reload(filter, broken, error) == SIDESTEP_ERROR_PACKS);
    CHECK(sidestep_error_json(error)[0] == '{');
    CHECK(scan_text(scanner, "zorbchat") == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_filter_generation(filter, &generation) == SIDESTEP_OK && generation == 0);
    CHECK(sidestep_filter_reload(filter, next, error) == SIDESTEP_OK);
    CHECK(sidestep_error_code(error) == SIDESTEP_OK);
    CHECK(sidestep_filter_generation(filter, &generation) == SIDESTEP_OK && generation == 1);
    CHECK(scan_text(scanner, "zorbchat") == SIDESTEP_ACTION_ALLOW);
    CHECK(scan_text(scanner, "quuxgram") == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_filter_reload(NULL, next, error) == SIDESTEP_ERROR_ARGUMENT);
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
    sidestep_options_free(broken);
    sidestep_options_free(next);
    sidestep_error_free(error);
}

static void descriptions(void)
{
    const sidestep_filter *filter = filter_of(pack_zorbchat);
    char small[4] = "abc", large[4096];
    size_t needed = 0;

    CHECK(sidestep_filter_describe(filter, NULL, 0, &needed) == SIDESTEP_ERROR_BUFFER && needed > 10);
    CHECK(sidestep_filter_describe(filter, small, sizeof small, NULL) == SIDESTEP_ERROR_BUFFER && strcmp(small, "abc") == 0);
    CHECK(sidestep_filter_describe(filter, large, sizeof large, &needed) == SIDESTEP_OK && strlen(large) + 1 == needed);
    CHECK(strstr(large, "\"id\":\"test\"") != NULL && strstr(large, "\"block\":8.0") != NULL);
    CHECK(sidestep_filter_describe(filter, NULL, 10, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_describe(filter, large, SIZE_MAX, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_notice(filter, "diversion", 9, "de-AT", 5, large, sizeof large, &needed) == SIDESTEP_OK);
    CHECK(strcmp(large, "Bitte bleiben Sie hier.") == 0 && needed == strlen(large) + 1);
    CHECK(sidestep_filter_notice(filter, "diversion", 9, NULL, 0, large, needed, NULL) == SIDESTEP_OK && large[0] == 'P');
    CHECK(sidestep_filter_notice(filter, "contact", 7, "en", 2, large, sizeof large, NULL) == SIDESTEP_ERROR_NOT_FOUND);
    CHECK(sidestep_filter_notice(filter, "\xff", 1, "en", 2, large, sizeof large, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_notice(NULL, "contact", 7, "en", 2, large, sizeof large, NULL) == SIDESTEP_ERROR_ARGUMENT);
    sidestep_filter_release(filter);
}

static void compiled_packs(void)
{
    const sidestep_filter *filter = filter_of(pack_zorbchat), *again = NULL;
    sidestep_options *options = sidestep_options_new(), *both = options_of(pack_zorbchat);
    sidestep_error *error = sidestep_error_new();
    sidestep_scanner *scanner = NULL;
    char small[4] = "abc", *bytes;
    size_t needed = 0;

    CHECK(sidestep_filter_compile(NULL, NULL, 0, &needed) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_compile(filter, small, sizeof small, &needed) == SIDESTEP_ERROR_BUFFER && needed > 100 && strcmp(small, "abc") == 0);
    bytes = malloc(needed);
    CHECK(bytes != NULL && sidestep_filter_compile(filter, bytes, needed, NULL) == SIDESTEP_OK);
    sidestep_filter_release(filter);

    CHECK(sidestep_options_set_compiled(NULL, bytes, needed) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_set_compiled(options, NULL, 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_set_compiled(options, bytes, needed) == SIDESTEP_OK);
    CHECK(sidestep_options_set_limit(options, SIDESTEP_LIMIT_MESSAGE_BYTES, 30) == SIDESTEP_OK);
    CHECK(sidestep_filter_new(options, &again, error) == SIDESTEP_OK && sidestep_error_text(error)[0] == '\0');
    CHECK(sidestep_scanner_new(again, &scanner) == SIDESTEP_OK);
    CHECK(scan_text(scanner, message) == SIDESTEP_ACTION_BLOCK);

    /* What is damaged, or stands beside other packs, is refused with the reason, and a filter goes on as it was. */
    bytes[needed - 1] ^= 1;
    CHECK(sidestep_options_set_compiled(options, bytes, needed) == SIDESTEP_OK);
    CHECK(sidestep_filter_reload(again, options, error) == SIDESTEP_ERROR_PACKS && strstr(sidestep_error_text(error), "damaged") != NULL);
    CHECK(sidestep_options_set_compiled(options, "no packs", 8) == SIDESTEP_OK);
    CHECK(sidestep_filter_reload(again, options, error) == SIDESTEP_ERROR_PACKS);
    CHECK(sidestep_options_set_compiled(both, bytes, needed) == SIDESTEP_OK);
    CHECK(sidestep_filter_reload(again, both, error) == SIDESTEP_ERROR_ARGUMENT && sidestep_error_text(error)[0] != '\0');
    CHECK(sidestep_options_set_compiled(both, NULL, 0) == SIDESTEP_OK);
    CHECK(scan_text(scanner, message) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_filter_reload(again, both, error) == SIDESTEP_OK);

    CHECK(sidestep_scanner_free(scanner) == SIDESTEP_OK);
    sidestep_filter_release(again);
    sidestep_error_free(error);
    sidestep_options_free(both);
    sidestep_options_free(options);
    free(bytes);
}

static void batches(void)
{
    static const char text[] = "hello zorbchat there zorbchat";
    const uint8_t *data = (const uint8_t *)text;
    const int32_t ends[] = {0, 6, 14, 21, 29};
    const int64_t wide[] = {0, 6, 14, 21, 29}, past[] = {0, 30}, falling[] = {6, 5}, negative[] = {-1, 5};
    const uint8_t validity[] = {0x07};
    const sidestep_filter *filter = filter_of(pack_zorbchat);
    sidestep_scanner *scanner = NULL;
    int8_t actions[4] = {9, 9, 9, 9};
    double scores[4] = {9, 9, 9, 9};

    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);
    CHECK(sidestep_scan_batch32(scanner, data, 29, ends, NULL, 0, 4, actions, scores) == SIDESTEP_OK);
    CHECK(actions[0] == 0 && actions[1] == SIDESTEP_ACTION_BLOCK && actions[2] == 0 && actions[3] == SIDESTEP_ACTION_BLOCK);
    CHECK(scores[0] < 0.001 && scores[1] > 7.999 && scores[3] > 7.999);
    CHECK(sidestep_verdict_action(scanner) == SIDESTEP_ERROR_NO_VERDICT);
    CHECK(sidestep_scan_batch64(scanner, data, 29, wide, validity, 1, 3, actions, scores) == SIDESTEP_OK);
    CHECK(actions[0] == SIDESTEP_ACTION_BLOCK && actions[1] == 0 && actions[2] == SIDESTEP_ACTION_NONE && scores[2] < 0.001);
    CHECK(sidestep_scan_batch64(scanner, data, 29, wide, NULL, 0, 4, NULL, NULL) == SIDESTEP_OK);
    CHECK(sidestep_scan_batch32(scanner, NULL, 0, NULL, NULL, 0, 0, NULL, NULL) == SIDESTEP_OK);

    actions[0] = 9;
    CHECK(sidestep_scan_batch64(scanner, data, 29, past, NULL, 0, 1, actions, NULL) == SIDESTEP_ERROR_OFFSETS);
    CHECK(sidestep_scan_batch64(scanner, data, 29, falling, NULL, 0, 1, actions, NULL) == SIDESTEP_ERROR_OFFSETS);
    CHECK(sidestep_scan_batch64(scanner, data, 29, negative, NULL, 0, 1, actions, NULL) == SIDESTEP_ERROR_OFFSETS);
    CHECK(sidestep_scan_batch32(scanner, data, 28, ends, NULL, 0, 4, actions, NULL) == SIDESTEP_ERROR_OFFSETS);
    CHECK(sidestep_scan_batch32(scanner, NULL, 29, ends, NULL, 0, 4, actions, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan_batch32(scanner, data, 29, NULL, NULL, 0, 4, actions, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan_batch32(scanner, data, SIZE_MAX, ends, NULL, 0, 4, actions, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan_batch32(scanner, data, 29, ends, NULL, SIZE_MAX, 4, actions, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan_batch32(scanner, data, 29, ends, NULL, 0, SIZE_MAX / 2, actions, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan_batch32(scanner, data, 29, (const int32_t *)(const void *)(text + 1), NULL, 0, 1, actions, NULL) < SIDESTEP_OK);
    CHECK(sidestep_scan_batch32(NULL, data, 29, ends, NULL, 0, 4, actions, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(actions[0] == 9);
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
}

static void hostile(void)
{
    const sidestep_filter *filter = filter_of(pack_zorbchat);
    sidestep_options *options = sidestep_options_new();
    sidestep_scanner *scanner = NULL;
    size_t count = 0;
    const char *json = NULL;
    const sidestep_finding *findings = NULL;

    CHECK(sidestep_scanner_new(NULL, &scanner) == SIDESTEP_ERROR_ARGUMENT && scanner == NULL);
    CHECK(sidestep_scanner_new(filter, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);

    CHECK(sidestep_scan(NULL, "a", 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan((const sidestep_scanner *)(const void *)((const char *)scanner + 1), "a", 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan(scanner, NULL, 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan(scanner, NULL, SIZE_MAX) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan(scanner, "a", SIZE_MAX) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan(scanner, "a", SIZE_MAX / 2 + 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_scan(scanner, (const char *)(uintptr_t)(UINTPTR_MAX - 4), 100) == SIDESTEP_ERROR_ARGUMENT);

    CHECK(scan_text(scanner, message) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_verdict_action(NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_score(scanner, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_score(NULL, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_limits(scanner, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_findings(scanner, NULL, &count) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_findings(scanner, &findings, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_categories(scanner, NULL, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_json(scanner, NULL, &count) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_verdict_json(NULL, &json, &count) == SIDESTEP_ERROR_ARGUMENT);

    CHECK(sidestep_options_set_builtin(NULL, 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_path(NULL, "a", 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_path(options, NULL, 0) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_path(options, "\xc3\x28", 2) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_source(NULL, "a", 1, "b", 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_source(options, "a", 1, NULL, 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_options_add_source(options, NULL, SIZE_MAX, "b", 1) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_generation(NULL, NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_filter_generation(filter, NULL) == SIDESTEP_ERROR_ARGUMENT);

    CHECK(sidestep_error_code(NULL) == SIDESTEP_ERROR_ARGUMENT);
    CHECK(sidestep_error_text(NULL)[0] == '\0' && sidestep_error_json(NULL)[0] == '\0');
    sidestep_error_free(NULL);
    sidestep_options_free(NULL);
    sidestep_filter_release(NULL);
    CHECK(sidestep_filter_retain(NULL) == NULL);
    CHECK(sidestep_scanner_free(NULL) == SIDESTEP_OK);

    /* References are counted: two taken, two given back, in any order with the scanner. */
    CHECK(sidestep_filter_retain(filter) == filter);
    sidestep_filter_release(filter);
    sidestep_filter_release(filter);
    CHECK(scan_text(scanner, message) == SIDESTEP_ACTION_BLOCK);
    CHECK(sidestep_scanner_free(scanner) == SIDESTEP_OK);
    sidestep_options_free(options);
}

static void shipped_packs(void)
{
    const sidestep_filter *filter = NULL;
    sidestep_error *error = sidestep_error_new();
    sidestep_scanner *scanner = NULL;
    CHECK(sidestep_filter_new(NULL, &filter, error) == SIDESTEP_OK);
    CHECK(sidestep_scanner_new(filter, &scanner) == SIDESTEP_OK);
    CHECK(scan_text(scanner, "add me on wh4ts@pp +1 415 555 0132") > SIDESTEP_ACTION_ALLOW);
    CHECK(scan_text(scanner, "see you at eight, bring the blue jacket") == SIDESTEP_ACTION_ALLOW);
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
    sidestep_error_free(error);
}

int main(int argc, char **argv)
{
    versions_and_names();
    a_verdict();
    any_bytes();
    bounds();
    refused_packs();
    reload();
    descriptions();
    compiled_packs();
    batches();
    hostile();
    if (argc < 2 || strcmp(argv[1], "--small") != 0)
        shipped_packs();
    return finish("api");
}
