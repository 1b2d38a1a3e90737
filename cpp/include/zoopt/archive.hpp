#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

// State as named fields: one visit() per class both saves and loads, so the two can never differ.
namespace zoopt {

using Saved = std::variant<double, std::uint64_t, std::string, std::vector<double>>;
using State = std::map<std::string, Saved>;

class Archive {
   public:
    virtual ~Archive() = default;
    virtual void field(const std::string& name, double& value) = 0;
    virtual void field(const std::string& name, std::uint64_t& value) = 0;
    virtual void field(const std::string& name, std::vector<double>& value) = 0;
};

class Saver final : public Archive {
   public:
    void field(const std::string& name, double& value) override { state[name] = value; }
    void field(const std::string& name, std::uint64_t& value) override { state[name] = value; }
    void field(const std::string& name, std::vector<double>& value) override { state[name] = value; }
    State state;
};

// Throws Error(state) where a field is missing, of another type or of another length than the value it replaces.
class Loader final : public Archive {
   public:
    explicit Loader(const State& state) : state_(state) {}
    void field(const std::string& name, double& value) override;
    void field(const std::string& name, std::uint64_t& value) override;
    void field(const std::string& name, std::vector<double>& value) override;

   private:
    const Saved& find(const std::string& name) const;
    const State& state_;
};

// Numbers, `each` to an entry, of which a state may have any count.
void visit_entries(Archive& archive, const std::string& name, std::vector<double>& flat, std::size_t each);

}  // namespace zoopt
