#pragma once
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

// A stage is one file: the class, and at its foot a `const Register<Stage>` that names it, its options and its maker.
namespace zoopt {

inline constexpr double automatic = std::numeric_limits<double>::quiet_NaN();
inline constexpr double unbounded = std::numeric_limits<double>::infinity();

// A numeric option. `value` is its default; NaN means "chosen from the dimension and population", as `doc` tells.
struct Option {
    std::string name;
    double value;
    double low;
    double high;
    std::string doc;
};

using Options = std::map<std::string, double>;

// What a stage may know of the run it is made for.
struct Setup {
    std::size_t dim;
    std::size_t rows;            // candidates a generation, without the mean
    std::size_t samples;         // noise samples a generation: rows, or rows / 2 with antithetic pairs
    std::size_t categories = 0;  // of each variable, for categorical distributions
    double horizon = automatic;  // generations planned, where the caller knows
};

template <class Stage>
struct Entry {
    std::string name;
    std::string summary;
    std::vector<Option> options;
    std::function<std::unique_ptr<Stage>(const Options&, const Setup&)> make;
};

template <class Stage>
std::map<std::string, Entry<Stage>>& registry() {
    static std::map<std::string, Entry<Stage>> entries;
    return entries;
}

template <class Stage>
struct Register {
    explicit Register(Entry<Stage> entry) {
        const std::string name = entry.name;
        if (!registry<Stage>().emplace(name, std::move(entry)).second) {
            throw std::logic_error("stage registered twice: " + name);
        }
    }
};

// The option's value, or `otherwise` where it was left automatic.
inline double option(const Options& options, const std::string& name, double otherwise = automatic) {
    const double value = options.at(name);
    return std::isnan(value) ? otherwise : value;
}

}  // namespace zoopt
