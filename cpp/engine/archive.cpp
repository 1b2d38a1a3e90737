#include "zoopt/archive.hpp"

#include "zoopt/error.hpp"

namespace zoopt {
namespace {

constexpr std::uint64_t most_entries = std::uint64_t{1} << 24;

template <class T>
const T& as(const std::string& name, const Saved& field) {
    const T* value = std::get_if<T>(&field);
    if (value == nullptr) throw Error(ErrorKind::state, "state field '" + name + "' has the wrong type");
    return *value;
}

}  // namespace

const Saved& Loader::find(const std::string& name) const {
    const auto found = state_.find(name);
    if (found == state_.end()) {
        throw Error(ErrorKind::state,
                    "state has no field '" + name + "'; it was saved by another algorithm or version");
    }
    return found->second;
}

void Loader::field(const std::string& name, double& value) {
    value = as<double>(name, find(name));
}

void Loader::field(const std::string& name, std::uint64_t& value) {
    value = as<std::uint64_t>(name, find(name));
}

void Loader::field(const std::string& name, std::vector<double>& value) {
    const auto& loaded = as<std::vector<double>>(name, find(name));
    if (loaded.size() != value.size()) {
        throw Error(ErrorKind::state, "state field '" + name + "' has " + std::to_string(loaded.size()) +
                                          " entries, this optimizer needs " + std::to_string(value.size()));
    }
    value = loaded;
}

void visit_entries(Archive& archive, const std::string& name, std::vector<double>& flat, std::size_t each) {
    std::uint64_t count = flat.size() / each;
    archive.field(name + ".count", count);
    if (count > most_entries) throw Error(ErrorKind::state, "state field '" + name + ".count' is too large");
    flat.resize(count * each);
    if (count > 0) archive.field(name, flat);
}

}  // namespace zoopt
