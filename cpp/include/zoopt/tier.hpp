#pragma once
#include "zoopt/cpu.hpp"

// Declares a kernel table for every tier of this build, and picks(table) the one in force.
#if defined(ZOOPT_HAS_TIER_baseline)
#define ZOOPT_DECLARE_TABLE(Type, table) \
    namespace zoopt::baseline {          \
    extern const Type table;             \
    }
#define ZOOPT_PICK_TABLE(table) (::zoopt::baseline::table)
#else
#define ZOOPT_DECLARE_TABLE(Type, table) \
    namespace zoopt::v2 {                \
    extern const Type table;             \
    }                                    \
    namespace zoopt::v3 {                \
    extern const Type table;             \
    }                                    \
    namespace zoopt::v4 {                \
    extern const Type table;             \
    }
#define ZOOPT_PICK_TABLE(table)                                              \
    (::zoopt::cpu::active() == ::zoopt::cpu::Tier::v4   ? ::zoopt::v4::table \
     : ::zoopt::cpu::active() == ::zoopt::cpu::Tier::v3 ? ::zoopt::v3::table \
                                                        : ::zoopt::v2::table)
#endif
