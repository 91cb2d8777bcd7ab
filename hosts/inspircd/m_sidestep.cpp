/*
 * Judges messages of local users with libsidestep in the server's own process. Never takes the server down: where the library or the packs are missing, or a
 * scan fails, it logs and delivers (or refuses, with onerror="reject"). The library is opened at run time, so that a missing one is a line in the log.
 */

/// $ModAuthor: the sidestep authors
/// $ModDesc: Judges messages with sidestep before they are delivered.
/// $ModDepends: core 3

#include "inspircd.h"

#include <dlfcn.h>

#include "sidestep.h"

#define SIDESTEP_USED(X)                                                                                                                   \
    X(abi_version)                                                                                                                         \
    X(action_name)                                                                                                                         \
    X(code_name)                                                                                                                           \
    X(error_new)                                                                                                                           \
    X(error_free)                                                                                                                          \
    X(error_text)                                                                                                                          \
    X(options_new)                                                                                                                         \
    X(options_free)                                                                                                                        \
    X(options_set_builtin)                                                                                                                 \
    X(options_add_path)                                                                                                                    \
    X(filter_new)                                                                                                                          \
    X(filter_release)                                                                                                                      \
    X(filter_reload)                                                                                                                       \
    X(filter_notice)                                                                                                                       \
    X(scanner_new)                                                                                                                         \
    X(scanner_free)                                                                                                                        \
    X(scan)                                                                                                                                \
    X(verdict_findings)                                                                                                                    \
    X(verdict_categories)

namespace
{
    // The functions of libsidestep that are used here.
    class Library
    {
        void* handle;

     public:
#define SIDESTEP_MEMBER(name) decltype(&sidestep_##name) name;
        SIDESTEP_USED(SIDESTEP_MEMBER)
#undef SIDESTEP_MEMBER

        Library()
            : handle(NULL)
        {
        }

        ~Library()
        {
            if (handle)
                dlclose(handle);
        }

        // Opens the library once; why not, if it cannot be used.
        bool Open(const std::string& path, std::string& why)
        {
            if (handle)
                return true;
            void* opened = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
            if (!opened)
            {
                why = dlerror();
                return false;
            }
            bool complete = true;
#define SIDESTEP_LOOKUP(name)                                                                                                              \
    name = reinterpret_cast<decltype(&sidestep_##name)>(dlsym(opened, "sidestep_" #name));                                                 \
    complete = complete && name;
            SIDESTEP_USED(SIDESTEP_LOOKUP)
#undef SIDESTEP_LOOKUP
            if (!complete || abi_version() != SIDESTEP_ABI_VERSION)
            {
                why = "the library has another ABI than this module";
                dlclose(opened);
                return false;
            }
            handle = opened;
            return true;
        }
    };

    std::string ToString(const sidestep_text& text)
    {
        return std::string(text.ptr ? text.ptr : "", text.len);
    }
}

class ModuleSidestep CXX11_FINAL
    : public Module
{
    Library c;
    const sidestep_filter* filter;
    sidestep_scanner* scanner;
    int32_t rejectat;
    bool rejectonerror;

    void Log(const std::string& text)
    {
        ServerInstance->Logs->Log("m_sidestep", LOG_DEFAULT, text);
    }

    const char* Policy() const
    {
        return rejectonerror ? "rejected" : "delivered unchecked";
    }

    // Loads the packs that the configuration names, for the first time or again.
    void Load(ConfigTag* tag)
    {
        std::string why;
        if (!c.Open(tag->getString("library", "libsidestep.so.1", 1), why))
        {
            Log(std::string("the library cannot be used, messages are ") + Policy() + ": " + why);
            return;
        }
        sidestep_options* options = c.options_new();
        sidestep_error* error = c.error_new();
        c.options_set_builtin(options, tag->getBool("builtin", true));
        irc::spacesepstream paths(tag->getString("packs"));
        for (std::string path; paths.GetToken(path); )
            c.options_add_path(options, path.data(), path.length());
        const int32_t code = filter ? c.filter_reload(filter, options, error) : c.filter_new(options, &filter, error);
        if (code == SIDESTEP_OK && !scanner)
            c.scanner_new(filter, &scanner);
        if (code == SIDESTEP_OK)
            Log("packs loaded");
        else
        {
            Log(std::string("packs refused, ") + (filter ? "the packs before go on" : std::string("no packs, messages are ") + Policy()) + ":");
            irc::sepstream lines(c.error_text(error), '\n');
            for (std::string line; lines.GetToken(line); )
                Log(line);
        }
        c.error_free(error);
        c.options_free(options);
    }

    // What the packs want told to the sender, or nothing.
    std::string Notice(int32_t action)
    {
        const sidestep_category* categories = NULL;
        size_t count = 0;
        if (c.verdict_categories(scanner, &categories, &count) != SIDESTEP_OK)
            return "";
        for (size_t i = 0; i < count; i++)
        {
            char text[400];
            const sidestep_text& name = categories[i].name;
            if (categories[i].action == action && c.filter_notice(filter, name.ptr, name.len, "en", 2, text, sizeof text, NULL) == SIDESTEP_OK)
                return text;
        }
        return "";
    }

    // One line a flagged message: who and which rules, never its words.
    std::string Describe(User* user, const MessageTarget& target, int32_t action, bool rejected)
    {
        const sidestep_finding* findings = NULL;
        size_t count = 0;
        std::set<std::string> rules;
        if (c.verdict_findings(scanner, &findings, &count) == SIDESTEP_OK)
            for (size_t i = 0; i < count; i++)
                rules.insert(ToString(findings[i].rule));
        return std::string("flagged ") + c.action_name(action) + ": from " + user->GetFullHost() + " to " + target.GetName() +
               (rejected ? ", rejected, rules " : ", delivered, rules ") + stdalgo::string::join(rules);
    }

    ModResult Refuse(User* user, const MessageTarget& target, const std::string& text)
    {
        const std::string why = text.empty() ? "Your message is not accepted here" : text;
        if (target.type == MessageTarget::TYPE_CHANNEL)
            user->WriteNumeric(Numerics::CannotSendTo(target.Get<Channel>(), why));
        else if (target.type == MessageTarget::TYPE_USER)
            user->WriteNumeric(Numerics::CannotSendTo(target.Get<User>(), why));
        else
            user->WriteNotice(why);
        return MOD_RES_DENY;
    }

 public:
    ModuleSidestep()
        : filter(NULL)
        , scanner(NULL)
        , rejectat(SIDESTEP_ACTION_BLOCK)
        , rejectonerror(false)
    {
    }

    ~ModuleSidestep()
    {
        if (scanner)
            c.scanner_free(scanner);
        if (filter)
            c.filter_release(filter);
    }

    // At the start and at each rehash.
    void ReadConfig(ConfigStatus&) CXX11_OVERRIDE
    {
        ConfigTag* tag = ServerInstance->Config->ConfValue("sidestep");
        const std::string at = tag->getString("rejectat", "block");
        rejectat = SIDESTEP_ACTION_BLOCK;
        if (at == "warn")
            rejectat = SIDESTEP_ACTION_WARN;
        else if (at == "review")
            rejectat = SIDESTEP_ACTION_REVIEW;
        else if (at == "never")
            rejectat = INT32_MAX;
        rejectonerror = tag->getString("onerror", "deliver") == "reject";
        Load(tag);
    }

    ModResult OnUserPreMessage(User* user, const MessageTarget& target, MessageDetails& details) CXX11_OVERRIDE
    {
        if (!IS_LOCAL(user))
            return MOD_RES_PASSTHRU;
        std::string text(details.text);
        InspIRCd::StripColor(text);
        const int32_t action = scanner ? c.scan(scanner, text.data(), text.length()) : SIDESTEP_ERROR_NO_VERDICT;
        if (action == SIDESTEP_ACTION_ALLOW)
            return MOD_RES_PASSTHRU;
        if (action < 0)
        {
            if (scanner)
                Log(std::string("scan failed: ") + c.code_name(action));
            return rejectonerror ? Refuse(user, target, "Messages cannot be checked at the moment") : MOD_RES_PASSTHRU;
        }
        const bool rejected = action >= rejectat;
        const std::string line = Describe(user, target, action, rejected);
        Log(line);
        if (action >= SIDESTEP_ACTION_REVIEW)
            ServerInstance->SNO->WriteToSnoMask('a', "sidestep: " + line);
        const std::string notice = Notice(action);
        if (rejected)
            return Refuse(user, target, notice);
        if (action == SIDESTEP_ACTION_WARN && !notice.empty())
            user->WriteNotice(notice);
        return MOD_RES_PASSTHRU;
    }

    Version GetVersion() CXX11_OVERRIDE
    {
        return Version("Judges messages with sidestep before they are delivered.");
    }
};

MODULE_INIT(ModuleSidestep)
