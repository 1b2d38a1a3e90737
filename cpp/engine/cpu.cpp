#include "zoopt/cpu.hpp"

#include <atomic>
#include <cstdlib>

#include "zoopt/error.hpp"

namespace zoopt::cpu {
namespace {

constexpr int unset = -1;
std::atomic<int> chosen{unset};

std::vector<Tier> detect() {
#if defined(ZOOPT_HAS_TIER_baseline)
    return {Tier::baseline};
#else
    __builtin_cpu_init();
    std::vector<Tier> tiers;
    const bool v2 =
        __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("ssse3");
    const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512vl");
    if (!v2) {
        throw Error(ErrorKind::unsupported_cpu,
                    "zoopt needs an x86-64 CPU with SSE4.2 and POPCNT (x86-64-v2); this one has not got them");
    }
    tiers.push_back(Tier::v2);
    if (v3) tiers.push_back(Tier::v3);
    if (v4) tiers.push_back(Tier::v4);
    return tiers;
#endif
}

std::string listed(const std::vector<Tier>& tiers) {
    std::string text;
    for (Tier tier : tiers) text += (text.empty() ? "" : ", ") + name(tier);
    return text;
}

Tier parse(const std::string& tier_name) {
    for (Tier tier : present()) {
        if (name(tier) == tier_name) return tier;
    }
    throw Error(ErrorKind::unsupported_cpu, "ZOOPT_CPU asks for the tier '" + tier_name +
                                                "', but this CPU and build have: " + listed(present()) +
                                                "; unset ZOOPT_CPU or choose one of these");
}

}  // namespace

std::string name(Tier tier) {
    switch (tier) {
        case Tier::v2:
            return "v2";
        case Tier::v3:
            return "v3";
        case Tier::v4:
            return "v4";
        default:
            return "baseline";
    }
}

const std::vector<Tier>& present() {
    static const std::vector<Tier> tiers = detect();
    return tiers;
}

Tier active() {
    const int now = chosen.load(std::memory_order_relaxed);
    if (now != unset) return static_cast<Tier>(now);
    const char* wanted = std::getenv("ZOOPT_CPU");
    const Tier tier = wanted != nullptr && *wanted != '\0' ? parse(wanted) : present().back();
    chosen.store(static_cast<int>(tier), std::memory_order_relaxed);
    return tier;
}

void select(const std::string& tier_name) {
    chosen.store(static_cast<int>(parse(tier_name)));
}

}  // namespace zoopt::cpu
