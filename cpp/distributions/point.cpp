#include <algorithm>
#include <vector>

#include "zoopt/distribution.hpp"
#include "zoopt/error.hpp"

namespace zoopt {
namespace {

// The mean alone, whose gradient is told: first-order training as the cell whose g is exact.
class Point final : public Distribution {
   public:
    explicit Point(const Setup& setup) {
        if (setup.rows == 1 && setup.samples == 1) return;
        throw Error(
            ErrorKind::invalid_option,
            "a first-order algorithm evaluates one point a generation, got population " + std::to_string(setup.rows));
    }

    void prepare(Theta&) const override {}
    bool exact() const override { return true; }

    void begin(const Theta&, const noise::Address&, unsigned) override { gradient_.clear(); }

    void adopt(const Theta&, const Rows&) override {
        throw Error(ErrorKind::invalid_input, "a first-order algorithm learns at its own mean; leave candidates out");
    }

    void adopt_gradient(std::span<const double> gradient) override {
        gradient_.assign(gradient.begin(), gradient.end());
    }

    std::size_t samples() const override { return 1; }

    void candidates(const Theta& theta, std::size_t, std::size_t, bool, unsigned, double* rows) const override {
        centre(theta, rows);
    }

    void first_moment(std::span<const double> w, unsigned, std::span<double> out) const override {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = w[0] * gradient_[i];
    }
    void second_moment(std::span<const double>, unsigned, std::span<double> out) const override {
        std::fill(out.begin(), out.end(), 0.0);
    }
    void squared_norms(unsigned, std::span<double> out) const override { std::fill(out.begin(), out.end(), 1.0); }

    void vanilla(const Theta&, std::span<double>) const override {}
    void natural(const Theta&, std::span<double>) const override {}

   private:
    std::vector<double> gradient_;
};

const Register<Distribution> entry{{"point",
                                    "The mean itself, whose exact gradient is told: first-order training.",
                                    {},
                                    [](const Options&, const Setup& setup) { return std::make_unique<Point>(setup); }}};

}  // namespace
}  // namespace zoopt
