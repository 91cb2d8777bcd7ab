/* From text to a verdict. Judges each argument. */
#include <sidestep.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    const sidestep_filter *filter = NULL;
    sidestep_scanner *scanner = NULL;
    sidestep_error *error = sidestep_error_new();
    if (sidestep_filter_new(NULL, &filter, error) < 0 || sidestep_scanner_new(filter, &scanner) < 0) {
        fprintf(stderr, "%s\n", sidestep_error_text(error));
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        int32_t action = sidestep_scan(scanner, argv[i], strlen(argv[i]));
        const sidestep_finding *findings = NULL;
        size_t count = 0;
        printf("%-7s%s\n", action < 0 ? sidestep_code_name(action) : sidestep_action_name(action), argv[i]);
        sidestep_verdict_findings(scanner, &findings, &count);
        for (size_t k = 0; k < count; k++)
            printf("       %.*s: bytes %zu to %zu, %.1f points\n", (int)findings[k].rule.len, findings[k].rule.ptr, findings[k].start,
                   findings[k].end, findings[k].weight);
    }
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
    sidestep_error_free(error);
    return 0;
}
