#pragma once
#include <string>
#include <vector>

// Which instruction set the kernels use. One source is compiled once a tier; this picks the table.
namespace zoopt::cpu {

enum class Tier { baseline, v2, v3, v4 };

std::string name(Tier tier);

// The tiers that this build holds and this CPU can run, slowest first; never empty.
const std::vector<Tier>& present();

// The tier in force: the quickest present, or the one that the environment variable ZOOPT_CPU names.
// Throws Error(unsupported_cpu) where that tier is unknown, not built or not supported by the CPU.
Tier active();

// Choose a tier from here on (tests compare tiers inside one process). Throws as active() does.
void select(const std::string& tier_name);

}  // namespace zoopt::cpu
