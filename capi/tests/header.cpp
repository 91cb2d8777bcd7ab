// The header is C++17 too, and its functions have C linkage there.
#include "sidestep.h"

#include <memory>
#include <string_view>

int main()
{
    constexpr std::string_view pack = "[pack]\nid = 'test'\nversion = '1'\nengine = '>=0.1'\n[[rule]]\nid = 'x.y'\ncategory = 'x'\nweight = 8\n"
                                      "terms = ['zorbchat']\nmatch = ['zorbchat']\nno_match = ['a']\n";
    std::unique_ptr<sidestep_options, decltype(&sidestep_options_free)> options(sidestep_options_new(), sidestep_options_free);
    sidestep_options_set_builtin(options.get(), 0);
    sidestep_options_add_source(options.get(), "test.toml", 9, pack.data(), pack.size());
    const sidestep_filter *filter = nullptr;
    sidestep_scanner *scanner = nullptr;
    if (sidestep_filter_new(options.get(), &filter, nullptr) != SIDESTEP_OK || sidestep_scanner_new(filter, &scanner) != SIDESTEP_OK)
        return 1;
    constexpr std::string_view text = "find me on zorbchat";
    const std::int32_t action = sidestep_scan(scanner, text.data(), text.size());
    sidestep_scanner_free(scanner);
    sidestep_filter_release(filter);
    return action == SIDESTEP_ACTION_BLOCK ? 0 : 1;
}
